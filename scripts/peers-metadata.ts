import { spawnSync } from "node:child_process"
import path from "node:path"
import process from "node:process"

import * as fc from "fast-check"

import { WheelproofError } from "../src/core/errors.ts"
import { type CoreMetadata, parseCoreMetadata } from "../src/packaging/core-metadata.ts"
import { METADATA_FIELDS, type MetadataField } from "../src/packaging/core-metadata-fields.ts"
import { installPeer } from "../test/real/peers.ts"
import { hostileBytes } from "../test/support/hostile.ts"

/** Compares what we read with what `packaging` reads, document by document, and prints those that differ. */
const COMPARE = `
import base64, json, sys
from packaging.metadata import _EMAIL_TO_RAW_MAPPING, _parse_keywords, _parse_project_urls, parse_email
for line in sys.stdin:
    document = json.loads(line)
    data = base64.b64decode(document["data"])
    raw, unparsed = parse_email(data)
    ours = {}
    for header, value in document["fields"].items():
        name = _EMAIL_TO_RAW_MAPPING[header.lower()]
        if name == "keywords": value = _parse_keywords(value)
        if name == "project_urls":
            try: value = _parse_project_urls(value)
            except KeyError:
                unparsed.pop("project-url", None)
                continue
        if name == "import_names" and value == [""]: value = []
        ours[name] = value
    theirs = {name: value for name, value in raw.items() if value != ""}
    if theirs.get("keywords") == [""]: del theirs["keywords"]
    known = [name for name in unparsed if name in _EMAIL_TO_RAW_MAPPING]
    if ours != theirs or known or sorted(unparsed) != sorted(document["unknown"]):
        print(json.dumps([data.decode("latin1"), ours, theirs, unparsed]))
`

const VALID = `Metadata-Version: 2.4
Name: rocket
Version: 1.0
Summary: Goes up, räkete
Keywords: up, away
Author-email: Alice <alice@rocket.test>
License: one
        two
Classifier: Topic :: Software Development
Classifier: Programming Language :: Python
Project-URL: Source, https://rocket.test
Project-URL: Docs, https://rocket.test/docs
Requires-Dist: moon>=1; extra == "far"
Provides-Extra: far
Description-Content-Type: text/markdown

# Rocket

Goes up: räkete.
`

/** Pieces that parsers of e-mail trip over. */
const PIECE = fc.constantFrom(
  "\n",
  "\r\n",
  "\r",
  " ",
  "\t",
  ":",
  "\n\n",
  "Name: evil\n",
  "\nName: evil",
  "=?utf-8?q?evil?=",
  "\n folded",
  "From evil\n",
  "Summary",
  "Description: x\n",
  "\f",
  "\v",
  "\u0085",
  "\u2028",
  "é",
  "\0",
  ",",
  "Import-Name:\n",
  "X-Unknown: y\n",
  "--boundary\n",
)

const spliced = fc
  .array(fc.tuple(fc.nat({ max: VALID.length }), PIECE), { minLength: 1, maxLength: 4 })
  .map((edits) => {
    let text = VALID
    for (const [at, piece] of edits) text = text.slice(0, at) + piece + text.slice(at)
    return Buffer.from(text)
  })

/**
 * `npm run test:peers:metadata`: what we read of METADATA and what PyPA's `packaging` reads, on thousands of documents that were valid before
 * they were damaged. We refuse more; what both take has to be the same to both, or a publisher says something else than the archive does.
 */
const documents = fc.sample(fc.oneof(spliced, hostileBytes(Buffer.from(VALID))), 20_000)
const taken = documents.flatMap((data) => {
  const metadata = read(data)
  return metadata === undefined ? [] : [{ data: Buffer.from(data).toString("base64"), ...metadata }]
})
const python = path.join(path.dirname(installPeer("build")), "python")
const input = taken.map((document) => `${JSON.stringify(document)}\n`).join("")
const { status, stdout } = spawnSync(python, ["-c", COMPARE], {
  input,
  encoding: "utf8",
  stdio: ["pipe", "pipe", "inherit"],
  maxBuffer: 1 << 28,
})
const different = stdout.split("\n").filter((line) => line !== "")
for (const line of different.slice(0, 10)) process.stderr.write(`${line}\n`)
process.stdout.write(
  `${documents.length} documents, ${taken.length} taken, ${different.length} read differently by packaging\n`,
)
process.exitCode = status === 0 && different.length === 0 && taken.length > 1_000 ? 0 : 1

function read(
  data: Uint8Array,
):
  | { readonly fields: Readonly<Record<string, unknown>>; readonly unknown: readonly string[] }
  | undefined {
  try {
    const metadata = parseCoreMetadata(data)
    return { fields: fieldsOf(metadata), unknown: metadata.unknown }
  } catch (error) {
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}

function fieldsOf(metadata: CoreMetadata): Readonly<Record<string, unknown>> {
  const values = new Map<string, unknown>(Object.entries(metadata))
  const fields = Object.entries<MetadataField>(METADATA_FIELDS).map(
    ([key, { header }]) => [header, values.get(key)] as const,
  )
  return Object.fromEntries(
    fields.filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  )
}
