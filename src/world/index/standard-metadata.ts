import { WheelproofError } from "../../core/errors.ts"
import { isProjectName } from "../../packaging/name.ts"
import { normalizeVersion } from "../../packaging/version.ts"
import { isExpression } from "./expression.ts"
import { type GivenMetadata, type MetadataFault, onlyValue, splitUrl } from "./given-metadata.ts"
import { FIELDS, IDENTIFYING, type MetadataField, VERSIONS } from "./metadata-fields.ts"
import { pythonText } from "./python-text.ts"
import { isSpecifierSet, parseRequirement } from "./requirement.ts"

/** Fields that stand more often than they may. */
export function repetitions(given: GivenMetadata): readonly MetadataFault[] {
  return [...given.values()]
    .filter(
      ({ field, values }) =>
        (field.kind !== "list" && field.kind !== "urls" && values.length > 1) ||
        (field.kind === "urls" && hasRepeatedLabel(values)),
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
  const age = VERSIONS.indexOf(version ?? "")
  const shown = version === undefined ? "None" : pythonText(version)
  const faults: MetadataFault[] = [...checkIdentity(given)]
  if (age === -1) {
    faults.push({
      field: "metadata-version",
      message: `${shown} is not a valid metadata version`,
    })
  }
  for (const { field, values } of given.values()) {
    if (age !== -1 && VERSIONS.indexOf(field.since) > age) {
      const message = `${field.email} introduced in metadata version ${field.since}, not ${version ?? ""}`
      faults.push({ field: field.email, message })
    } else {
      const message = checkValues(field, values)
      if (message !== undefined) faults.push({ field: field.email, message })
    }
  }
  return faults
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

function isVersion(version: string): boolean {
  try {
    normalizeVersion(version)
    return true
  } catch (error) {
    if (error instanceof WheelproofError) return false
    throw error
  }
}

function checkValues(
  { form, email }: MetadataField,
  values: readonly string[],
): string | undefined {
  const invalid = (bad: string | undefined, why = ""): string | undefined =>
    bad === undefined ? undefined : `${pythonText(bad)} is invalid for ${pythonText(email)}${why}`
  const [value = ""] = values
  switch (form) {
    case "summary":
      return value.includes("\n") ? `${pythonText(email)} must be a single line` : undefined
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
    if (!FIELDS.some(({ email }) => email === value)) {
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
