import { concatBytes } from "../../core/bytes.ts"
import { malformed } from "../../core/errors.ts"

/** Reads a stream of chunks in lengths of the reader's own choice. Memory depends on what is taken at once. */
export class StreamReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Exactly `length` bytes. Throws `ERR_INPUT_MALFORMED` where the stream ends before. */
  async take(length: number, what: string): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for await (const piece of this.pieces(length, what)) parts.push(piece)
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : concatBytes(...parts)
  }

  /** The next `length` bytes as they come. Throws `ERR_INPUT_MALFORMED` where the stream ends before. */
  async *pieces(length: number, what: string): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      const piece = await this.#next()
      if (piece === undefined) throw malformed(`the archive ends within ${what}`)
      const taken = piece.subarray(0, left)
      this.#rest = piece.subarray(taken.byteLength)
      left -= taken.byteLength
      yield taken
    }
  }

  /** Everything that is left. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = await this.#next()
      if (piece === undefined) return
      this.#rest = new Uint8Array()
      yield piece
    }
  }

  /** Lets the stream's own end happen, where not everything was read. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (this.#rest.byteLength === 0) {
      const { value, done } = await this.#chunks.next()
      if (done === true) return undefined
      this.#rest = value
    }
    return this.#rest
  }
}
