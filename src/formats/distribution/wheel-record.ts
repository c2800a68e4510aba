import { WheelproofError } from "../../core/errors.ts"
import { parseRecord } from "../../packaging/record.ts"
import type { Problems } from "./problem.ts"
import type { FileFacts } from "./wheel-content.ts"

/** What RECORD says of a file. */
interface RecordedFile {
  readonly algorithm: string
  /** URL-safe base64 without padding. */
  readonly digest: string
  readonly size: string
}

/** RECORD, by path. */
export interface WheelRecord {
  readonly lines: ReadonlyMap<string, RecordedFile>
}

/** Reads RECORD; undefined, with a problem, where there is none or it cannot be read. */
export function readRecord(
  bytes: Uint8Array | undefined,
  problems: Problems,
): WheelRecord | undefined {
  if (bytes === undefined) {
    problems.add("dist-info", "there is no RECORD that can be read", {
      pypi: "Wheel does not contain the required RECORD file",
    })
    return undefined
  }
  try {
    return { lines: index(bytes, problems) }
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    problems.add("record", error.message)
    return undefined
  }
}

function index(bytes: Uint8Array, problems: Problems): ReadonlyMap<string, RecordedFile> {
  const lines = new Map<string, RecordedFile>()
  for (const { path, hash, size } of parseRecord(bytes)) {
    const equals = hash.indexOf("=")
    const algorithm = hash.slice(0, Math.max(equals, 0)).toLowerCase()
    if (lines.has(path)) {
      problems.add("record", "RECORD has the path twice", { where: path })
    }
    lines.set(path, { algorithm, digest: hash.slice(equals + 1), size })
  }
  return lines
}

/** PEP 427, "Signed wheel files": they sign RECORD, so it cannot hold them. */
const SIGNATURES = ["RECORD.jws", "RECORD.p7s"]
/** PEP 427: "sha256 or better"; md5 and sha1 are not permitted. */
const ALGORITHMS = ["sha256", "sha384", "sha512"]

/** Compares what RECORD lists with what is there: every file, its hash and its size, and nothing else. */
export function checkRecord(
  { lines }: WheelRecord,
  files: ReadonlyMap<string, FileFacts>,
  folder: string,
  problems: Problems,
): void {
  const exempt = new Set(SIGNATURES.map((name) => `${folder}/${name}`))
  for (const [path, facts] of files) {
    const line = lines.get(path)
    if (line === undefined) {
      if (exempt.has(path)) continue
      problems.add("record-missing", "the file is not in RECORD", { where: path })
    } else if (path !== `${folder}/RECORD` && !exempt.has(path)) {
      compare(path, line, facts, problems)
    }
  }
  for (const path of lines.keys()) {
    if (files.has(path)) continue
    problems.add("record-surplus", "RECORD lists a file that is not there", { where: path })
  }
}

function compare(
  where: string,
  { algorithm, digest, size }: RecordedFile,
  facts: FileFacts,
  problems: Problems,
): void {
  if (!ALGORITHMS.includes(algorithm)) {
    const found = algorithm === "" ? "RECORD has no hash of the file" : `the hash is ${algorithm}`
    problems.add("record-missing", found, { where })
  } else if (digest !== facts.recorded) {
    const found = `RECORD has ${algorithm}=${digest}, the file has ${facts.recorded ?? ""}`
    problems.add("record-mismatch", found, { where })
  }
  if (size === "") problems.add("record-missing", "RECORD has no size of the file", { where })
  else if (size !== String(facts.size)) {
    problems.add("record-mismatch", `RECORD has size ${size}, the file has ${facts.size}`, {
      where,
    })
  }
}
