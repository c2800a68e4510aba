import type { CoreMetadata } from "./core-metadata.ts"
import {
  METADATA_FIELDS,
  METADATA_VERSIONS,
  type MetadataField,
  type MetadataVersion,
} from "./core-metadata-fields.ts"
import { isProjectName } from "./name.ts"
import { isLocalVersion, isVersion } from "./version.ts"

/** A field of the metadata whose value PyPI's upload refuses. */
export interface MetadataProblem {
  /** The field, by its name in METADATA. */
  readonly field: string
  readonly found: string
}

/**
 * What PyPI's upload demands of metadata beyond its form (`warehouse`, `forklift/metadata`, and `packaging.metadata` before it), as far as
 * it can be decided without its list of classifiers: whether a classifier exists is left to the server.
 */
export function checkCoreMetadata(metadata: CoreMetadata): readonly MetadataProblem[] {
  const problems: MetadataProblem[] = []
  const add = (field: string, found: string): void => void problems.push({ field, found })
  checkIdentity(metadata, add)
  checkAges(metadata, add)
  checkTexts(metadata, add)
  checkAddresses(metadata, add)
  checkRequirements(metadata, add)
  checkLicense(metadata, add)
  checkDynamic(metadata, add)
  for (const name of metadata.unknown) add(name, "no metadata version has this field")
  return problems
}

type Add = (field: string, found: string) => void

/** Whether metadata version `one` came before `other`; a version that is not known came after all others. */
export function isOlderThan(one: string, other: MetadataVersion): boolean {
  const age = METADATA_VERSIONS.findIndex((known) => known === one)
  return age !== -1 && age < METADATA_VERSIONS.indexOf(other)
}

function checkIdentity({ metadataVersion, name, version }: CoreMetadata, add: Add): void {
  if (!METADATA_VERSIONS.some((known) => known === metadataVersion)) {
    add(
      "Metadata-Version",
      `${quote(metadataVersion)} is not one of ${METADATA_VERSIONS.join(", ")}`,
    )
  }
  if (!isProjectName(name)) add("Name", `${quote(name)} is not a project name`)
  if (!isVersion(version)) add("Version", `${quote(version)} is not a version (PEP 440)`)
  else if (version !== version.trim()) add("Version", `${quote(version)} has white space around it`)
  else if (isLocalVersion(version)) add("Version", `${quote(version)} has a local part`)
}

// A License-File under an older version is what setuptools wrote for years; uploading tools leave it out.
function checkAges(metadata: CoreMetadata, add: Add): void {
  const entries = Object.entries<MetadataField>(METADATA_FIELDS)
  for (const [key, { header, since }] of entries) {
    const value = Object.entries(metadata).find(([name]) => name === key)?.[1]
    const isGiven = typeof value === "string" || (Array.isArray(value) && value.length > 0)
    if (!isGiven || key === "licenseFiles" || !isOlderThan(metadata.metadataVersion, since))
      continue
    add(
      header,
      `the field came with metadata version ${since}, and this is ${metadata.metadataVersion}`,
    )
  }
}

const MAX_SUMMARY = 512
/** Everything that some reader takes for the end of a line, and what else moves a cursor. */
const LINE_END = /[\p{Cc}\u2028\u2029]/u
const CONTENT_TYPES = ["text/plain", "text/x-rst", "text/markdown"]
const MARKDOWN_VARIANTS = ["GFM", "CommonMark"]

function checkTexts(
  { summary = "", descriptionContentType, classifiers }: CoreMetadata,
  add: Add,
): void {
  if (LINE_END.test(summary.replaceAll("\t", " "))) add("Summary", "it has more than one line")
  if (summary.length > MAX_SUMMARY) {
    add("Summary", `it has ${summary.length} characters, and ${MAX_SUMMARY} are allowed`)
  }
  for (const classifier of classifiers) {
    if (/^private ?::/i.test(classifier))
      add("Classifier", `${quote(classifier)} keeps PyPI from taking it`)
  }
  if (descriptionContentType !== undefined) checkContentType(descriptionContentType, add)
}

function checkContentType(text: string, add: Add): void {
  const header = "Description-Content-Type"
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim())
  const values = new Map(
    parameters.map((parameter) => {
      const [name = "", value = ""] = parameter.split("=").map((part) => part.trim())
      return [name.toLowerCase(), value.replaceAll(/^"|"$/g, "")]
    }),
  )
  const charset = values.get("charset") ?? "UTF-8"
  const variant = values.get("variant") ?? "GFM"
  if (!CONTENT_TYPES.includes(type.toLowerCase())) {
    add(header, `${quote(text)} is not one of ${CONTENT_TYPES.join(", ")}`)
  } else if (charset.toLowerCase() !== "utf-8") {
    add(header, `the character set is ${quote(charset)}, not UTF-8`)
  } else if (type.toLowerCase() === "text/markdown" && !MARKDOWN_VARIANTS.includes(variant)) {
    add(header, `${quote(variant)} is not a variant of Markdown that PyPI knows`)
  }
}

const MAX_LABEL = 32

function checkAddresses(metadata: CoreMetadata, add: Add): void {
  for (const key of ["homePage", "downloadUrl"] as const) {
    const value = metadata[key]
    if (value === undefined || value === "UNKNOWN" || isWebAddress(value)) continue
    add(METADATA_FIELDS[key].header, `${quote(value)} is not an http or https address`)
  }
  for (const pair of metadata.projectUrls) {
    const comma = pair.indexOf(",")
    const label = pair.slice(0, Math.max(comma, 0)).trim()
    if (label === "") add("Project-URL", `${quote(pair)} has no label`)
    else if (label.length > MAX_LABEL) {
      add("Project-URL", `the label ${quote(label)} is over ${MAX_LABEL} characters`)
    } else if (!isWebAddress(pair.slice(comma + 1).trim())) {
      add("Project-URL", `${quote(pair)} has no http or https address`)
    }
  }
  for (const key of ["authorEmail", "maintainerEmail"] as const) {
    const address = firstAddress(metadata[key] ?? "")
    if (address === "" || address === "UNKNOWN" || /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(address))
      continue
    add(METADATA_FIELDS[key].header, `${quote(address)} is not an e-mail address`)
  }
}

// PyPI looks at the first address of a list. A name in quotation marks may hold a comma.
function firstAddress(list: string): string {
  const [first = ""] = list.replaceAll(/"(?:[^"\\]|\\.)*"/gs, "").split(",")
  return (/<([^>]*)>/.exec(first)?.[1] ?? first).trim()
}

function isWebAddress(text: string): boolean {
  const url = /\s/.test(text) ? null : URL.parse(text)
  return url !== null && (url.protocol === "https:" || url.protocol === "http:")
}

// PEP 508 as far as its beginning: a name, extras, and then a version, an address, a marker or nothing.
const REQUIREMENT =
  /^\s*[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\s*(?:\[[^\]]*\]\s*)?(?<next>$|[@(<>=!~;])/i
const SPECIFIER = /^\s*(?:~=|===|==|!=|<=|>=|<|>)\s*[^\s,;]+\s*$/

function checkRequirements(metadata: CoreMetadata, add: Add): void {
  for (const key of ["requiresDist", "providesDist", "obsoletesDist"] as const) {
    const { header } = METADATA_FIELDS[key]
    for (const requirement of metadata[key]) {
      const next = REQUIREMENT.exec(requirement)?.groups?.["next"]
      if (next === undefined) add(header, `${quote(requirement)} is not a requirement (PEP 508)`)
      if (next === "@")
        add(header, `${quote(requirement)} names an address, which PyPI does not take`)
    }
  }
  for (const extra of metadata.providesExtra) {
    if (!isProjectName(extra)) add("Provides-Extra", `${quote(extra)} is not a name`)
  }
  const specifiers = (metadata.requiresPython ?? "").split(",").filter((part) => part.trim() !== "")
  for (const specifier of specifiers) {
    if (!SPECIFIER.test(specifier))
      add("Requires-Python", `${quote(specifier)} is not a version specifier`)
  }
}

function checkLicense({ license, licenseExpression, licenseFiles }: CoreMetadata, add: Add): void {
  if (license !== undefined && licenseExpression !== undefined) {
    add("License-Expression", "License is given too, and PyPI takes one of the two")
  }
  for (const file of licenseFiles) {
    const isPlain = !/^(?:\/|[a-z]:)|\\|\*/i.test(file) && !file.split("/").includes("..")
    if (!isPlain) add("License-File", `${quote(file)} is not a plain relative path`)
  }
}

function checkDynamic({ dynamic }: CoreMetadata, add: Add): void {
  const fields = Object.values<MetadataField>(METADATA_FIELDS).map(({ header }) =>
    header.toLowerCase(),
  )
  for (const name of dynamic) {
    const field = name.toLowerCase()
    if (["name", "version", "metadata-version"].includes(field)) {
      add("Dynamic", `${quote(name)} may not be dynamic`)
    } else if (!fields.includes(field)) add("Dynamic", `${quote(name)} is not a field`)
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}
