import { isProjectName } from "../../packaging/name.ts"
import { pythonText } from "./python-text.ts"
import { Refusal } from "./refusal.ts"

/** The text fields of an upload, in the order in which they came, each with all its values. */
export type Fields = ReadonlyMap<string, readonly string[]>

/** What an upload says of its file. */
export interface UploadForm {
  readonly fields: Fields
  readonly name: string
  readonly filetype: "sdist" | "bdist_wheel"
  readonly pythonVersion: string
  readonly comment: string
  /** Lower-case hex; only those that were given. */
  readonly digests: {
    readonly md5?: string
    readonly sha256?: string
    readonly blake2b?: string
  }
  /** Absent where no file came. */
  readonly content: File | undefined
}

const MAX_PARTS = 10_000

/**
 * Reads the multipart form of an upload (Warehouse, `forklift/legacy.py` and `forklift/forms.py`): repeated fields are kept apart, what is
 * `UNKNOWN` is dropped, and the fields about the file are checked.
 */
export async function readUploadForm(request: Request): Promise<UploadForm | Refusal> {
  const form = await readForm(request)
  if (form instanceof Refusal) return form
  const fields = new Map<string, string[]>()
  let content: File | undefined
  let tuple: string | undefined
  for (const [name, value] of form) {
    if (typeof value === "string") append(fields, name, value)
    else if (name === "content") content = value
    else if (name !== "gpg_signature") tuple ??= name
  }
  cleanUp(fields)
  if ((last(fields, "protocol_version") ?? "1") !== "1") {
    return new Refusal(400, "Unknown protocol version.")
  }
  if (tuple !== undefined) return new Refusal(400, `${tuple}: Should not be a tuple.`)
  return checkForm(fields, content)
}

function append(fields: Map<string, string[]>, name: string, value: string): void {
  const values = fields.get(name)
  if (values === undefined) fields.set(name, [value])
  else values.push(value)
}

async function readForm(request: Request): Promise<FormData | Refusal> {
  try {
    const form = await request.formData()
    return [...form.keys()].length > MAX_PARTS ? new Refusal(400, "Too many fields.") : form
  } catch {
    return new Refusal(400, "The request body is not a multipart form.")
  }
}

// distutils wrote UNKNOWN for what it did not know; PyPI's database takes no NUL.
function cleanUp(fields: Map<string, string[]>): void {
  for (const [name, values] of fields) {
    const value = values.at(-1) ?? ""
    if (value.trim() === "UNKNOWN") fields.delete(name)
    else if (value.includes("\0")) fields.set(name, [value.replaceAll("\0", String.raw`\x00`)])
  }
}

function last(fields: Fields, name: string): string | undefined {
  return fields.get(name)?.at(-1)
}

/** A field that stands once; of several the first counts, as in WTForms. */
function field(fields: Fields, name: string): string {
  return fields.get(name)?.[0] ?? ""
}

function checkForm(fields: Fields, content: File | undefined): UploadForm | Refusal {
  const name = field(fields, "name")
  const filetype = field(fields, "filetype")
  const refusal =
    checkName(name) ??
    checkDigest(fields, "blake2_256_digest", "BLAKE2") ??
    checkFiletype(filetype) ??
    checkDigest(fields, "sha256_digest", "SHA256")
  if (refusal !== undefined) return refusal
  const isSdist = filetype === "sdist"
  const pythonVersion = field(fields, "pyversion")
  if (!isSdist && pythonVersion === "") {
    return invalid("pyversion", "Python version is required for binary distribution uploads.")
  }
  if (isSdist && pythonVersion !== "" && pythonVersion !== "source") {
    return invalid("pyversion", "Use 'source' as Python version for an sdist.")
  }
  const digests = {
    ...digest("md5", field(fields, "md5_digest")),
    ...digest("sha256", field(fields, "sha256_digest")),
    ...digest("blake2b", field(fields, "blake2_256_digest")),
  }
  if (Object.keys(digests).length === 0) {
    return new Refusal(400, "Error: Include at least one message digest.")
  }
  return {
    fields,
    name,
    filetype: isSdist ? "sdist" : "bdist_wheel",
    pythonVersion: isSdist ? "source" : pythonVersion,
    comment: field(fields, "comment"),
    digests,
    content,
  }
}

function digest(algorithm: string, value: string): Record<string, string> {
  return value === "" ? {} : { [algorithm]: value.toLowerCase() }
}

function checkName(name: string): Refusal | undefined {
  if (name === "") return invalidMetadata("Name", name, "This field is required.")
  if (isProjectName(name)) return undefined
  return invalidMetadata(
    "Name",
    name,
    "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'.",
  )
}

function checkFiletype(filetype: string): Refusal | undefined {
  if (filetype === "") return invalid("filetype", "This field is required.")
  const isKnown = filetype === "sdist" || filetype === "bdist_wheel"
  return isKnown ? undefined : invalid("filetype", "Use a known file type.")
}

function checkDigest(fields: Fields, name: string, algorithm: string): Refusal | undefined {
  const value = field(fields, name)
  if (value === "" || /^[0-9a-f]{64}$/i.test(value)) return undefined
  return invalid(name, `Use a valid, hex-encoded, ${algorithm} message digest.`)
}

function invalid(name: string, message: string): Refusal {
  return new Refusal(400, `Invalid value for ${name}. Error: ${message}`)
}

function invalidMetadata(name: string, value: string, message: string): Refusal {
  const shown = value.length > 60 ? `${value.slice(0, 30)}...${value.slice(-30)}` : value
  return new Refusal(
    400,
    `${pythonText(shown)} is an invalid value for ${name}. Error: ${message} See https://packaging.python.org/specifications/core-metadata for more information.`,
  )
}
