import { below } from "../../core/address.ts"
import { encodeBase64 } from "../../core/bytes.ts"
import { parseJson } from "../../core/json.ts"
import { Shape } from "../../core/shape.ts"
import { parseLogEntry } from "../../formats/log-entry.ts"
import { type HttpClient, type HttpLimits, postJson } from "../../io/http.ts"
import { readAnswer, refusal } from "./failures.ts"
import type { LogWriter } from "./log-writer.ts"
import { type Signed, signatureOf } from "./signed.ts"

const WHAT = "the transparency log"
const MAX_ANSWER_BYTES = 1_048_576
/** It answers when the entry is in a checkpoint, which takes a while (rekor-tiles, `CLIENTS.md`: at least 20 seconds). */
const LEAST_TIMEOUT_MS = 20_000

/**
 * Writes to a log of Rekor v2 (rekor-tiles, `rekor_service.proto`): `hashedrekord` entries, for a statement over its pre-authentication encoding,
 * because the log takes no envelopes any more. It cannot be asked for an entry, and to the same one again it only says that it has it.
 */
export function createRekorV2Writer(
  log: URL,
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): LogWriter {
  return {
    url: log,
    find: async () => await Promise.resolve(undefined),
    async add(signed) {
      const answer = await postJson(http, below(log, "api/v2/log/entries"), requestOf(signed), {
        ...limits,
        timeoutMs: Math.max(limits.timeoutMs, LEAST_TIMEOUT_MS),
        maxBytes: MAX_ANSWER_BYTES,
      })
      if (answer.status === 409) return undefined
      if (answer.status !== 200 && answer.status !== 201) throw refusal(WHAT, log, answer)
      return readAnswer(WHAT, log, () =>
        parseLogEntry(new Shape(parseJson(answer.body, "the answer"), "the answer")),
      )
    },
  }
}

function requestOf(signed: Signed): unknown {
  return {
    hashedRekordRequestV002: {
      digest: encodeBase64(signed.digest),
      signature: {
        content: encodeBase64(signatureOf(signed)),
        verifier: {
          keyDetails: "PKIX_ECDSA_P256_SHA_256",
          x509Certificate: { rawBytes: encodeBase64(signed.certificate) },
        },
      },
    },
  }
}
