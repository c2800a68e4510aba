import { concatBytes, utf8 } from "../core/bytes.ts"
import { WheelproofError } from "../core/errors.ts"

/** One part of a form: a text, or a file with its name. */
export interface FormPart {
  readonly name: string
  readonly content: string | Uint8Array
  /** Makes it a file part, as `application/octet-stream`. */
  readonly filename?: string
}

/**
 * A form as `multipart/form-data` (RFC 7578), every octet of it as given: texts keep their line ends, which the platform's own encoder
 * changes. `boundary` is the caller's, drawn at random. Throws `ERR_USAGE` for a name or boundary that would change the form's meaning.
 */
export function encodeForm(parts: readonly FormPart[], boundary: string): Uint8Array {
  if (!/^[0-9A-Za-z]{16,70}$/.test(boundary)) throw unfit("the boundary", boundary)
  const encoded = parts.flatMap(({ name, content, filename }) => [
    utf8(`--${boundary}\r\n${partHead(name, filename)}\r\n\r\n`),
    typeof content === "string" ? utf8(content) : content,
    utf8("\r\n"),
  ])
  return concatBytes(...encoded, utf8(`--${boundary}--\r\n`))
}

/** The content type of a form with this boundary. */
export function formContentType(boundary: string): string {
  return `multipart/form-data; boundary=${boundary}`
}

function partHead(name: string, filename: string | undefined): string {
  const disposition = `Content-Disposition: form-data; name="${quoted(name)}"`
  if (filename === undefined) return disposition
  return `${disposition}; filename="${quoted(filename)}"\r\nContent-Type: application/octet-stream`
}

// A quote or a line break in a name would end it, and what follows would be a header of somebody's choice.
function quoted(name: string): string {
  if (/^[\x20-\x7e]+$/.test(name) && !/["\\]/.test(name)) return name
  throw unfit("a name in the form", name)
}

function unfit(what: string, text: string): WheelproofError {
  return new WheelproofError("ERR_USAGE", `${what} cannot be sent: ${JSON.stringify(text)}`)
}
