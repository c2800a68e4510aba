import { WheelproofError } from "../core/errors.ts"

/** Reads a stream to its end, up to so many bytes. Throws `ERR_INPUT_TOO_LARGE`. */
export async function readStream(
  stream: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk)
    size += bytes.byteLength
    if (size > maxBytes) {
      throw new WheelproofError("ERR_INPUT_TOO_LARGE", `standard input is over ${maxBytes} bytes`)
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
