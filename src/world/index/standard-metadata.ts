import { METADATA_VERSIONS, type MetadataField } from "../../packaging/core-metadata-fields.ts"
import { isProjectName } from "../../packaging/name.ts"
import { isVersion } from "../../packaging/version.ts"
import { isExpression } from "./expression.ts"
import {
  faultName,
  FIELDS,
  type GivenMetadata,
  IDENTIFYING,
  type MetadataFault,
  onlyValue,
  splitUrl,
} from "./given-metadata.ts"
import { pythonText } from "./python-text.ts"
import { isSpecifierSet, parseRequirement } from "./requirement.ts"

/** Fields that stand more often than they may. */
export function repetitions(given: GivenMetadata): readonly MetadataFault[] {
  return [...given.values()]
    .filter(
      ({ field, values }) =>
        (field.repeatable !== true && values.length > 1) ||
        (field.form === "project_urls" && hasRepeatedLabel(values)),
    )
    .map(({ field }) => ({
      field: field.form,
      message: `${pythonText(field.form)} has invalid data`,
    }))
}

function hasRepeatedLabel(values: readonly string[]): boolean {
  const labels = values.map((value) => splitUrl(value).label)
  return new Set(labels).size < labels.length
}

/** What the library `packaging` refuses. */
export function standardFaults(given: GivenMetadata): readonly MetadataFault[] {
  const version = given.get("metadata_version")?.values[0]
  const age = METADATA_VERSIONS.findIndex((known) => known === version)
  const faults: MetadataFault[] = [...checkIdentity(given)]
  if (age === -1) {
    const shown = version === undefined ? "None" : pythonText(version)
    faults.push({
      field: "metadata-version",
      message: `${shown} is not a valid metadata version`,
    })
  }
  for (const { field, values } of given.values()) {
    const message = checkAge(field, age, version) ?? checkValues(field, values)
    if (message !== undefined) faults.push({ field: faultName(field), message })
  }
  return faults
}

function checkAge(field: MetadataField, age: number, version = ""): string | undefined {
  if (age === -1 || METADATA_VERSIONS.indexOf(field.since) <= age) return undefined
  return `${faultName(field)} introduced in metadata version ${field.since}, not ${version}`
}

function checkIdentity(given: GivenMetadata): readonly MetadataFault[] {
  const faults: MetadataFault[] = []
  const [name, version] = [onlyValue(given, "name"), onlyValue(given, "version")]
  if (name === "") faults.push({ field: "name", message: "'name' is a required field" })
  else if (!isProjectName(name)) {
    faults.push({ field: "name", message: `${pythonText(name)} is invalid for 'name'` })
  }
  if (version === "") faults.push({ field: "version", message: "'version' is a required field" })
  else if (!isVersion(version)) {
    faults.push({ field: "version", message: `${pythonText(version)} is invalid for 'version'` })
  }
  return faults
}

function checkValues(field: MetadataField, values: readonly string[]): string | undefined {
  const name = pythonText(faultName(field))
  const invalid = (bad: string | undefined): string | undefined =>
    bad === undefined ? undefined : `${pythonText(bad)} is invalid for ${name}`
  const [value = ""] = values
  switch (field.form) {
    case "summary":
      return value.includes("\n") ? `${name} must be a single line` : undefined
    case "description_content_type":
      return checkContentType(value)
    case "dynamic":
      return checkDynamic(values)
    case "provides_extra":
      return invalid(values.find((extra) => !isProjectName(extra)))
    case "requires_python":
      return invalid(isSpecifierSet(value) ? undefined : value)
    case "requires_dist":
      return invalid(values.find((requirement) => parseRequirement(requirement) === undefined))
    case "license_expression":
      return invalid(isLicenseExpression(value) ? undefined : value)
    case "license_file":
      return checkLicenseFiles(values)
    default:
      return undefined
  }
}

function checkContentType(value: string): string | undefined {
  const [type = "", ...parameters] = value.split(";").map((part) => part.trim())
  const types = ["text/plain", "text/x-rst", "text/markdown"]
  if (!types.includes(type.toLowerCase())) {
    return `'description-content-type' must be one of ['text/plain', 'text/x-rst', 'text/markdown'], not ${pythonText(value)}`
  }
  const parameter = (name: string): string | undefined =>
    parameters.find((text) => text.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
  const charset = parameter("charset") ?? "UTF-8"
  if (charset !== "UTF-8") {
    return `'description-content-type' can only specify the UTF-8 charset, not ${pythonText(charset)}`
  }
  const variant = parameter("variant") ?? "GFM"
  if (type.toLowerCase() !== "text/markdown" || ["GFM", "CommonMark"].includes(variant)) {
    return undefined
  }
  return `valid Markdown variants for 'description-content-type' are ['GFM', 'CommonMark'], not ${pythonText(variant)}`
}

function checkDynamic(values: readonly string[]): string | undefined {
  for (const value of values.map((text) => text.toLowerCase())) {
    if (IDENTIFYING.includes(value)) return `${pythonText(value)} is not allowed as a dynamic field`
    if (!FIELDS.some((field) => faultName(field) === value)) {
      return `${pythonText(value)} is not a valid dynamic field`
    }
  }
  return undefined
}

function checkLicenseFiles(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const bad = `${pythonText(path)} is invalid for 'license-file', `
    if (path.includes("..")) return `${bad}parent directory indicators are not allowed`
    if (path.includes("*")) return `${bad}paths must be resolved`
    if (/^(?:[/\\]|[A-Za-z]:[/\\])/.test(path)) return `${bad}paths must be relative`
    if (path.includes("\\")) return `${bad}paths must use '/' delimiter`
  }
  return undefined
}

// The grammar of SPDX alone: identifiers joined by AND and OR, exceptions behind WITH, parentheses.
function isLicenseExpression(text: string): boolean {
  const letters = (text.match(/[()]|[^\s()]+/g) ?? []).map((word) => {
    if (/^(?:and|or)$/i.test(word)) return "&"
    if (/^with$/i.test(word)) return "^"
    return /^[A-Za-z0-9][A-Za-z0-9.-]*\+?$/.test(word) ? "x" : word
  })
  return isExpression(letters.join("").replaceAll("x^x", "x"))
}
