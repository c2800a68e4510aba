import { normalizeName } from "../../packaging/name.ts"
import { escapeHtml } from "./refusal.ts"
import type { PageFile, ProjectPage } from "./simple.ts"

/** A project's page as HTML (PEP 503 and its successors, up to the freeze by PEP 833). */
export function renderDetailHtml(page: ProjectPage, serial: number): string {
  const status = page["project-status"]
  const title = `Links for ${escapeHtml(page.name)}`
  return [
    ...head(page.meta["api-version"]),
    ...(status === undefined
      ? []
      : [`    <meta name="pypi:project-status" content="${escapeHtml(status.status)}">`]),
    `    <title>${title}</title>`,
    "  </head>",
    "  <body>",
    `    <h1>${title}</h1>`,
    ...page.files.map(renderLink),
    "</body>",
    "</html>",
    `<!--SERIAL ${serial}-->`,
  ].join("\n")
}

/** The list of projects as HTML. */
export function renderIndexHtml(names: readonly string[], version: string, serial: number): string {
  return [
    ...head(version),
    "    <title>Simple index</title>",
    "  </head>",
    "  <body>",
    ...names.map((name) => `<a href="/simple/${normalizeName(name)}/">${escapeHtml(name)}</a>`),
    "</body>",
    "</html>",
    `<!--SERIAL ${serial}-->`,
  ].join("\n")
}

function head(version: string): readonly string[] {
  return [
    "<!DOCTYPE html>",
    '<html lang="en">',
    "  <head>",
    `    <meta name="pypi:repository-version" content="${version}">`,
  ]
}

function renderLink(file: PageFile): string {
  const metadata = file["core-metadata"]
  const digest = metadata === false ? undefined : `sha256=${metadata.sha256}`
  const attributes = [
    attribute("href", `${file.url}#sha256=${file.hashes.sha256}`),
    attribute("data-requires-python", file["requires-python"]),
    attribute("data-yanked", yankedValue(file.yanked)),
    attribute("data-dist-info-metadata", digest),
    attribute("data-core-metadata", digest),
    attribute("data-provenance", file.provenance),
  ]
  return `<a${attributes.join("")} >${escapeHtml(file.filename)}</a><br />`
}

// Yanked without a reason is an empty attribute.
function yankedValue(yanked: boolean | string): string | undefined {
  if (yanked === false) return undefined
  return yanked === true ? "" : yanked
}

function attribute(name: string, value: string | null | undefined): string {
  return value === undefined || value === null ? "" : ` ${name}="${escapeHtml(value)}"`
}
