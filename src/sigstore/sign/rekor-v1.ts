import { below } from "../../core/address.ts"
import { encodeBase64, encodeHex } from "../../core/bytes.ts"
import { WheelproofError } from "../../core/errors.ts"
import type { LogEntry } from "../../core/evidence.ts"
import { parseRekorEntries } from "../../formats/rekor-answer.ts"
import { type HttpAnswer, type HttpClient, type HttpLimits, postJson } from "../../io/http.ts"
import { readAnswer, refusal } from "./failures.ts"
import type { LogWriter } from "./log-writer.ts"
import { envelopeText, type Signed, signatureOf, verifierText } from "./signed.ts"

const WHAT = "the transparency log"
const ENTRIES = "api/v1/log/entries"
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/**
 * Writes to a log of Rekor v1 (Rekor, `openapi.yaml`): `dsse` entries for statements, `hashedrekord` for files. What it answers is parsed, not
 * believed. That the entry is there already, as it is when an answer was lost on the way, is no failure: then that entry is taken.
 */
export function createRekorV1Writer(
  log: URL,
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): LogWriter {
  const post = (path: string, value: unknown): Promise<HttpAnswer> =>
    postJson(http, below(log, path), value, { ...limits, maxBytes: MAX_ANSWER_BYTES })
  const find = async (signed: Signed): Promise<LogEntry | undefined> => {
    const answer = await post(`${ENTRIES}/retrieve`, { entries: [proposalOf(signed)] })
    if (answer.status !== 200) throw refusal(WHAT, log, answer)
    return onlyEntry(log, answer)
  }
  return {
    url: log,
    find,
    async add(signed) {
      const answer = await post(ENTRIES, proposalOf(signed))
      if (answer.status === 409) return find(signed)
      if (answer.status !== 201) throw refusal(WHAT, log, answer)
      return onlyEntry(log, answer)
    },
  }
}

function onlyEntry(log: URL, { body }: HttpAnswer): LogEntry | undefined {
  const [first, ...others] = readAnswer(WHAT, log, () => parseRekorEntries(body))
  if (others.length === 0) return first?.entry
  throw new WheelproofError(
    "ERR_SIGNING",
    `${WHAT} at ${log.host} answers with ${others.length + 1} entries for one signature`,
  )
}

function proposalOf(signed: Signed): unknown {
  const { content, digest } = signed
  if (content.kind === "dsse") {
    const proposedContent = { envelope: envelopeText(content), verifiers: [verifierText(signed)] }
    return { apiVersion: "0.0.1", kind: "dsse", spec: { proposedContent } }
  }
  return {
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: { hash: { algorithm: "sha256", value: encodeHex(digest) } },
      signature: {
        content: encodeBase64(signatureOf(signed)),
        publicKey: { content: verifierText(signed) },
      },
    },
  }
}
