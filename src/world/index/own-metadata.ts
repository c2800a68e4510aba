import { isLocalVersion, normalizeVersion } from "../../packaging/version.ts"
import {
  allValues,
  type GivenMetadata,
  type MetadataFault,
  onlyValue,
  splitUrl,
} from "./given-metadata.ts"
import { pythonText } from "./python-text.ts"
import { parseRequirement } from "./requirement.ts"

/** What PyPI adds. */
export function ownFaults(given: GivenMetadata): readonly MetadataFault[] {
  return [
    ...checkVersionAndSummary(given),
    ...checkPeople(given),
    ...checkClassifiers(given),
    ...checkUrls(given),
    ...checkDependencies(given),
    ...(given.has("license") && given.has("license_expression")
      ? [
          {
            field: "license",
            message:
              "License is deprecated when License-Expression is present. Only License-Expression should be present.",
          },
        ]
      : []),
  ]
}

function checkVersionAndSummary(given: GivenMetadata): readonly MetadataFault[] {
  const version = normalizeVersion(onlyValue(given, "version"))
  const faults: MetadataFault[] = []
  if (isLocalVersion(version)) {
    const message = `The use of local versions in '${version}' is not allowed.`
    faults.push({ field: "version", message })
  }
  if (Array.from(onlyValue(given, "summary")).length > 512) {
    faults.push({ field: "summary", message: "'summary' field must be 512 characters or less." })
  }
  return faults
}

function checkPeople(given: GivenMetadata): readonly MetadataFault[] {
  return ["author_email", "maintainer_email"].flatMap((form) => {
    const value = onlyValue(given, form)
    // Of several people the first is looked at, as Python's parseaddr does.
    const [first = ""] = value.replaceAll(/"[^"]*"/g, "").split(",")
    const address = (/<([^>]*)>/.exec(first)?.[1] ?? first).trim()
    if (address === "" || /^[^\s@<>()[\]\\,;:]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(address)) return []
    return [
      {
        field: form.replace("_", "-"),
        message: `${pythonText(address)} is not a valid email address: An email address must have an @-sign and a domain.`,
      },
    ]
  })
}

const CLASSIFIER_ROOTS = [
  "Development Status",
  "Environment",
  "Framework",
  "Intended Audience",
  "License",
  "Natural Language",
  "Operating System",
  "Programming Language",
  "Topic",
  "Typing",
]

// Not of these is `Private :: …`, by which projects keep themselves from being uploaded.
function checkClassifiers(given: GivenMetadata): readonly MetadataFault[] {
  return allValues(given, "classifiers")
    .filter((classifier) => !CLASSIFIER_ROOTS.includes(classifier.split(" :: ", 2)[0] ?? ""))
    .map((classifier) => ({
      field: "classifier",
      message: `${pythonText(classifier)} is not a valid classifier.`,
    }))
}

function checkUrls(given: GivenMetadata): readonly MetadataFault[] {
  const faults: MetadataFault[] = []
  for (const form of ["home_page", "download_url"]) {
    const url = given.get(form)?.values[0]
    if (url !== undefined && !isUrl(url)) {
      faults.push({
        field: form.replace("_", "-"),
        message: `${pythonText(url)} is not a valid url.`,
      })
    }
  }
  for (const value of allValues(given, "project_urls")) {
    const message = checkProjectUrl(splitUrl(value))
    if (message !== undefined) faults.push({ field: "project-url", message })
  }
  return faults
}

function checkProjectUrl({ label, url }: ReturnType<typeof splitUrl>): string | undefined {
  if (label === "") return "Must have a label"
  if (label.length > 32) return `${pythonText(label)} must be 32 characters or less.`
  if (url === "") return "Must have a URL"
  return isUrl(url) ? undefined : `${pythonText(url)} is not a valid url`
}

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}

function checkDependencies(given: GivenMetadata): readonly MetadataFault[] {
  return ["requires_dist", "provides_dist", "obsoletes_dist"].flatMap((form) => {
    const field = form.replace("_", "-")
    return allValues(given, form).flatMap((text) => {
      const requirement = parseRequirement(text)
      if (requirement === undefined) return [{ field, message: `${pythonText(text)} is invalid` }]
      if (requirement.url === undefined) return []
      const shown = form === "requires_dist" ? text : pythonText(text)
      return [{ field, message: `Can't have direct dependency: ${shown}` }]
    })
  })
}
