/** The versions of core metadata that PyPI takes, oldest first; 2.0 was never one. */
export const VERSIONS: readonly string[] = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"]

/** The fields that decide about all others, by their names in METADATA files; PyPI names their faults first. */
export const IDENTIFYING: readonly string[] = ["metadata-version", "name", "version"]

/** A field of core metadata (packaging.python.org, "Core metadata specifications"). */
export interface MetadataField {
  /** As upload forms name it. */
  readonly form: string
  /** As METADATA files name it, in lower case. */
  readonly email: string
  /** The version of core metadata that brought it. */
  readonly since: string
  /** Whether it may be repeated. */
  readonly kind: "text" | "list" | "urls"
}

function text(form: string, since = "1.0", email = form.replaceAll("_", "-")): MetadataField {
  return { form, email, since, kind: "text" }
}

function list(form: string, since: string, email = form.replaceAll("_", "-")): MetadataField {
  return { form, email, since, kind: "list" }
}

/** Every field that PyPI reads from a form. */
export const FIELDS: readonly MetadataField[] = [
  text("metadata_version"),
  text("name"),
  text("version"),
  text("summary"),
  text("description"),
  text("description_content_type", "2.1"),
  text("keywords"),
  text("home_page"),
  text("download_url", "1.1"),
  text("author"),
  text("author_email"),
  text("maintainer", "1.2"),
  text("maintainer_email", "1.2"),
  text("license"),
  text("license_expression", "2.4"),
  text("requires_python", "1.2"),
  list("license_file", "2.4"),
  list("classifiers", "1.1", "classifier"),
  list("platform", "1.0"),
  list("supported_platform", "1.1"),
  list("dynamic", "2.2"),
  list("requires", "1.1"),
  list("provides", "1.1"),
  list("obsoletes", "1.1"),
  list("requires_dist", "1.2"),
  list("provides_dist", "1.2"),
  list("obsoletes_dist", "1.2"),
  list("requires_external", "1.2"),
  list("provides_extra", "2.1"),
  list("import_name", "2.5"),
  list("import_namespace", "2.5"),
  { form: "project_urls", email: "project-url", since: "1.2", kind: "urls" },
]
