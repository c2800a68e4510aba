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
    if (this.#rest.byteLength >= length) return this.#cut(length)
    const bytes = await this.upTo(length)
    if (bytes.byteLength === length) return bytes
    throw malformed(`the archive ends within ${what}`)
  }

  /** Up to `length` bytes: fewer only where the stream ends. */
  async upTo(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for (let left = length; left > 0;) {
      const piece = await this.#next()
      if (piece === undefined) break
      const taken = this.#cut(Math.min(left, piece.byteLength))
      left -= taken.byteLength
      parts.push(taken)
    }
    return concatBytes(...parts)
  }

  /** The next `length` bytes as they come. Throws `ERR_INPUT_MALFORMED` where the stream ends before. */
  async *pieces(length: number, what: string): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      const piece = await this.#next()
      if (piece === undefined) throw malformed(`the archive ends within ${what}`)
      const taken = this.#cut(Math.min(left, piece.byteLength))
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

  #cut(length: number): Uint8Array {
    const taken = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    return taken
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
