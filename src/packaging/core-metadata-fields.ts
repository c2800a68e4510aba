/** One field of core metadata. */
export interface MetadataField {
  /** The field's name in METADATA and PKG-INFO. */
  readonly header: string
  /** Its name in the form of PyPI's upload. */
  readonly form: string
  readonly repeatable?: true
  /** The first metadata version that knows it. */
  readonly since: MetadataVersion
}

/** The metadata versions that PyPI takes, oldest first. There is no 2.0: its specification was withdrawn. */
export const METADATA_VERSIONS = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"] as const

/** A metadata version that PyPI takes. */
export type MetadataVersion = (typeof METADATA_VERSIONS)[number]

/**
 * Every field of core metadata up to 2.5 (packaging.python.org, "Core metadata specifications"), in the specification's order. The
 * names in PyPI's form follow no single rule for plurals.
 */
export const METADATA_FIELDS = {
  metadataVersion: { header: "Metadata-Version", form: "metadata_version", since: "1.0" },
  name: { header: "Name", form: "name", since: "1.0" },
  version: { header: "Version", form: "version", since: "1.0" },
  dynamic: { header: "Dynamic", form: "dynamic", repeatable: true, since: "2.2" },
  platforms: { header: "Platform", form: "platform", repeatable: true, since: "1.0" },
  supportedPlatforms: {
    header: "Supported-Platform",
    form: "supported_platform",
    repeatable: true,
    since: "1.1",
  },
  summary: { header: "Summary", form: "summary", since: "1.0" },
  description: { header: "Description", form: "description", since: "1.0" },
  descriptionContentType: {
    header: "Description-Content-Type",
    form: "description_content_type",
    since: "2.1",
  },
  keywords: { header: "Keywords", form: "keywords", since: "1.0" },
  homePage: { header: "Home-page", form: "home_page", since: "1.0" },
  downloadUrl: { header: "Download-URL", form: "download_url", since: "1.1" },
  author: { header: "Author", form: "author", since: "1.0" },
  authorEmail: { header: "Author-email", form: "author_email", since: "1.0" },
  maintainer: { header: "Maintainer", form: "maintainer", since: "1.2" },
  maintainerEmail: { header: "Maintainer-email", form: "maintainer_email", since: "1.2" },
  license: { header: "License", form: "license", since: "1.0" },
  licenseExpression: { header: "License-Expression", form: "license_expression", since: "2.4" },
  licenseFiles: { header: "License-File", form: "license_file", repeatable: true, since: "2.4" },
  classifiers: { header: "Classifier", form: "classifiers", repeatable: true, since: "1.1" },
  requiresDist: { header: "Requires-Dist", form: "requires_dist", repeatable: true, since: "1.2" },
  requiresPython: { header: "Requires-Python", form: "requires_python", since: "1.2" },
  requiresExternal: {
    header: "Requires-External",
    form: "requires_external",
    repeatable: true,
    since: "1.2",
  },
  projectUrls: { header: "Project-URL", form: "project_urls", repeatable: true, since: "1.2" },
  providesExtra: {
    header: "Provides-Extra",
    form: "provides_extra",
    repeatable: true,
    since: "2.1",
  },
  providesDist: { header: "Provides-Dist", form: "provides_dist", repeatable: true, since: "1.2" },
  obsoletesDist: {
    header: "Obsoletes-Dist",
    form: "obsoletes_dist",
    repeatable: true,
    since: "1.2",
  },
  requires: { header: "Requires", form: "requires", repeatable: true, since: "1.1" },
  provides: { header: "Provides", form: "provides", repeatable: true, since: "1.1" },
  obsoletes: { header: "Obsoletes", form: "obsoletes", repeatable: true, since: "1.1" },
  importNames: { header: "Import-Name", form: "import_name", repeatable: true, since: "2.5" },
  importNamespaces: {
    header: "Import-Namespace",
    form: "import_namespace",
    repeatable: true,
    since: "2.5",
  },
} as const

/** The key of a field in {@link CoreMetadata}. */
export type MetadataKey = keyof typeof METADATA_FIELDS
