import { WheelproofError } from "../core/errors.ts"

/** What one request to a log may cost. */
export interface LogLimits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/**
 * Sends JSON to a log. Redirects are refused; answers are bounded. Every failure to get an answer is `ERR_NETWORK` or `ERR_INPUT_TOO_LARGE`;
 * an abort by the signal is `ERR_INTERRUPTED`.
 */
export function createLogTransport({ timeoutMs, signal }: LogLimits): {
  postJson(url: URL, body: unknown): Promise<{ status: number; body: Uint8Array }>
} {
  return {
    async postJson(url, body) {
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", accept: "application/json" },
          body: JSON.stringify(body),
          redirect: "error",
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        })
        return { status: response.status, body: await readBounded(response) }
      } catch (cause) {
        if (cause instanceof WheelproofError) throw cause
        if (signal.aborted) throw new WheelproofError("ERR_INTERRUPTED", "interrupted", { cause })
        throw new WheelproofError("ERR_NETWORK", `${url.host} did not answer`, { cause })
      }
    },
  }
}

async function readBounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) {
      throw new WheelproofError(
        "ERR_INPUT_TOO_LARGE",
        `the answer is over ${MAX_ANSWER_BYTES} bytes`,
      )
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
