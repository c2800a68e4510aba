import { below } from "../core/address.ts"
import { encodeBase64, encodeHex, utf8 } from "../core/bytes.ts"
import { type ErrorCode, WheelproofError } from "../core/errors.ts"
import type { Evidence, LogEntry, SigningMaterial } from "../core/evidence.ts"
import { rawTexts } from "../core/envelope-text.ts"
import { parsePem, sha256Hex } from "../core/keys.ts"
import { matchesBody } from "../core/log-body.ts"
import { leafHash } from "../core/merkle.ts"
import {
  type NamedEntry,
  parseRekorEntries,
  parseRekorUuids,
  verifierOfBody,
} from "../formats/rekor-answer.ts"
import { type HttpClient, type HttpLimits, postJson } from "../io/http.ts"

/** The one request that a log is asked with: POST a JSON document, get status and body. Throws `ERR_NETWORK` where there is no answer. */
export interface LogTransport {
  postJson(url: URL, body: unknown): Promise<{ readonly status: number; readonly body: Uint8Array }>
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** Asks logs over HTTP. */
export function createLogTransport(
  http: HttpClient,
  limits: Omit<HttpLimits, "maxBytes">,
): LogTransport {
  return {
    postJson: (url, body) => postJson(http, url, body, { ...limits, maxBytes: MAX_ANSWER_BYTES }),
  }
}

/** What a look-up came to. That a log could not be asked is not among them: that is `ERR_LOG_UNREACHABLE`. */
export type LookUp =
  | { readonly kind: "found"; readonly evidence: Evidence }
  | { readonly kind: "missing" }
  | { readonly kind: "ambiguous"; readonly count: number }

type Envelope = Extract<Evidence["content"], { kind: "dsse" }>

/** Rekor answers at most this many entries at once. */
const BATCH = 10
const RETRIEVE = "api/v1/log/entries/retrieve"
/** What these codes say stays true whoever was asked. */
const OWN_MEANING: ReadonlySet<ErrorCode> = new Set(["ERR_OFFLINE", "ERR_INTERRUPTED"])

/**
 * Finds the log entry of a bare DSSE envelope in a Rekor v1 log and adds it to the evidence. An answer counts only if its body can be
 * rebuilt from this very envelope and certificate; whether the log's signatures hold is for the verifier to say.
 *
 * With a certificate the entry's name is computed offline and asked for, then Rekor's own search by entry is tried. Without one,
 * every entry that the log's index has for the artifact's digest is looked at, and the certificate taken from the one that fits.
 */
export async function lookUpEntry(
  evidence: Evidence,
  artifactSha256: string,
  logUrl: URL,
  transport: LogTransport,
): Promise<LookUp> {
  const { content, material } = evidence
  if (content.kind !== "dsse") return { kind: "missing" }
  const client = new RekorClient(logUrl, transport)
  if (material.kind === "certificate") {
    const named = await client.byUuid(entryNames(content, material.leaf))
    const answers =
      named.length > 0 ? named : await client.byProposal(proposals(content, material.leaf))
    return choose(
      evidence,
      answers.map(({ entry }) => ({ entry, material })),
    )
  }
  const uuids = await client.search(`sha256:${artifactSha256}`)
  const answers = await client.byUuid(uuids)
  return choose(
    evidence,
    answers.flatMap(({ entry }) => {
      const found = materialOf(entry)
      return found === undefined ? [] : [{ entry, material: found }]
    }),
  )
}

function choose(
  evidence: Evidence,
  answers: readonly { readonly entry: LogEntry; readonly material: SigningMaterial }[],
): LookUp {
  const { content } = evidence
  const fitting = answers.filter(
    ({ entry, material }) =>
      content.kind === "dsse" &&
      material.kind === "certificate" &&
      matchesBody(entry, { verifier: { kind: "certificate", der: material.leaf }, content }),
  )
  const [first, ...others] = fitting
  if (first === undefined) return { kind: "missing" }
  if (others.length > 0) return { kind: "ambiguous", count: fitting.length }
  return {
    kind: "found",
    evidence: { ...evidence, material: first.material, entries: [first.entry] },
  }
}

function materialOf(entry: LogEntry): SigningMaterial | undefined {
  try {
    const pem = verifierOfBody(entry)
    if (pem === undefined) return undefined
    const leaf = parsePem(pem, "CERTIFICATE", "the log entry's verifier")
    return { kind: "certificate", leaf, intermediates: [] }
  } catch (error) {
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}

class RekorClient {
  readonly #url: URL
  readonly #transport: LogTransport

  constructor(url: URL, transport: LogTransport) {
    this.#url = url
    this.#transport = transport
  }

  /** Entries by name; with or without the tree's id before the leaf hash. */
  async byUuid(uuids: readonly string[]): Promise<readonly NamedEntry[]> {
    const entries: NamedEntry[] = []
    for (let start = 0; start < uuids.length; start += BATCH) {
      const entryUUIDs = uuids.slice(start, start + BATCH)
      entries.push(...(await this.#ask(RETRIEVE, { entryUUIDs }, parseRekorEntries)))
    }
    return distinct(entries)
  }

  /** Entries by what they would be made of. Rekor answers 400 or 422 to proposals that it does not understand: then it has none. */
  async byProposal(entries: readonly unknown[]): Promise<readonly NamedEntry[]> {
    return distinct(await this.#ask(RETRIEVE, { entries }, parseRekorEntries, [400, 422]))
  }

  async search(hash: string): Promise<readonly string[]> {
    return this.#ask("api/v1/index/retrieve", { hash }, parseRekorUuids)
  }

  /** What a 200 holds; nothing for one of the statuses that mean it. */
  async #ask<Item>(
    path: string,
    body: unknown,
    parse: (answer: Uint8Array) => readonly Item[],
    meaningNothing: readonly number[] = [],
  ): Promise<readonly Item[]> {
    const url = below(this.#url, path)
    const answer = await this.#post(url, body)
    if (meaningNothing.includes(answer.status)) return []
    if (answer.status !== 200) throw unreachable(url, `it answered with status ${answer.status}`)
    try {
      return parse(answer.body)
    } catch (error) {
      // Not the user's input: a log that does not speak as a log was not asked.
      if (error instanceof WheelproofError) throw unreachable(url, error.message, error)
      throw error
    }
  }

  async #post(url: URL, body: unknown): ReturnType<LogTransport["postJson"]> {
    try {
      return await this.#transport.postJson(url, body)
    } catch (error) {
      if (!(error instanceof WheelproofError) || OWN_MEANING.has(error.code)) throw error
      throw unreachable(url, error.message, error)
    }
  }
}

function unreachable(url: URL, problem: string, cause?: unknown): WheelproofError {
  return new WheelproofError(
    "ERR_LOG_UNREACHABLE",
    `the log at ${url.host} could not be asked: ${problem}`,
    {
      hint: "try again later, or name another address of the log with --rekor-url; once found, `wheelproof seal` makes the look-up unnecessary",
      cause,
    },
  )
}

function distinct(entries: readonly NamedEntry[]): readonly NamedEntry[] {
  const known = new Map(
    entries.map((named) => [`${named.entry.logId}:${named.entry.logIndex}`, named]),
  )
  return [...known.values()]
}

/** The names of the entries that the generators' clients made of such an envelope: leaf hashes of canonical bodies (RFC 8785). */
function entryNames(content: Envelope, leaf: Uint8Array): readonly string[] {
  const texts = rawTexts(content.raw ?? new Uint8Array())
  return texts.flatMap((raw) => entryNamesOf(raw, content, leaf))
}

function entryNamesOf(raw: Uint8Array, content: Envelope, leaf: Uint8Array): readonly string[] {
  const verifier = encodeBase64(utf8(certificatePem(leaf)))
  const envelopeHash = `{"algorithm":"sha256","value":"${sha256Hex(raw)}"}`
  const payloadHash = `{"algorithm":"sha256","value":"${sha256Hex(content.payload)}"}`
  const signatures = content.signatures
    .map(({ sig }) => `{"signature":"${encodeBase64(sig)}","verifier":"${verifier}"}`)
    .join(",")
  const bodies = [
    `{"apiVersion":"0.0.1","kind":"dsse","spec":{"envelopeHash":${envelopeHash},"payloadHash":${payloadHash},"signatures":[${signatures}]}}`,
    `{"apiVersion":"0.0.1","kind":"intoto","spec":{"content":{"hash":${envelopeHash},"payloadHash":${payloadHash}},"publicKey":"${verifier}"}}`,
    `{"apiVersion":"0.0.1","kind":"intoto","spec":{"content":{"hash":${envelopeHash}},"publicKey":"${verifier}"}}`,
  ]
  return bodies.map((body) => encodeHex(leafHash(utf8(body))))
}

/** The entries that one would propose to log such an envelope; Rekor finds the existing one by them. */
function proposals(content: Envelope, leaf: Uint8Array): readonly unknown[] {
  const envelope = Buffer.from(content.raw ?? new Uint8Array()).toString("utf8")
  const verifier = encodeBase64(utf8(certificatePem(leaf)))
  return [
    {
      apiVersion: "0.0.1",
      kind: "intoto",
      spec: { content: { envelope }, publicKey: verifier },
    },
    {
      apiVersion: "0.0.1",
      kind: "dsse",
      spec: { proposedContent: { envelope, verifiers: [verifier] } },
    },
  ]
}

/** A certificate as Go's `pem.Encode` writes it: lines of 64 and a final newline. */
export function certificatePem(der: Uint8Array): string {
  const lines = encodeBase64(der).replaceAll(/.{1,64}/g, "$&\n")
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`
}
