import { Readable } from "node:stream"
import { createInflateRaw } from "node:zlib"

import { malformed } from "../../core/errors.ts"

/** How far a decompression came. */
export interface Inflated {
  /** Compressed bytes that belong to the stream; what follows them does not. */
  consumed: number
}

const CHUNK = 262_144

/**
 * Decompresses a raw deflate stream (RFC 1951) piece by piece. What comes after its end is not read; `inflated` says where that is. The
 * caller bounds the output by not asking for more. Throws `ERR_INPUT_MALFORMED` for a broken stream or one that does not end.
 */
export async function* inflate(
  pieces: Iterable<Uint8Array>,
  inflated: Inflated,
  what: string,
): AsyncGenerator<Uint8Array> {
  const engine = createInflateRaw({ chunkSize: CHUNK })
  const input = Readable.from(pieces, { objectMode: true })
  input.on("error", (error) => engine.destroy(error))
  input.pipe(engine)
  try {
    for await (const chunk of engine) if (chunk instanceof Uint8Array) yield chunk
    inflated.consumed = engine.bytesWritten
  } catch (error) {
    if (!isZlibError(error)) throw error
    throw malformed(`${what} is not a whole deflate stream: ${error.message}`, error)
  } finally {
    input.destroy()
    engine.destroy()
  }
}

function isZlibError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("Z_")
  )
}
