import { preAuthenticationEncoding } from "./envelope.ts"
import { digest, type HashName } from "../crypto/keys.ts"
import { hashedRekordBody, type EnvelopeKind } from "./rekor-body.ts"
import { addEnvelope, type EntryParts, type RekorV1 } from "./rekor-v1.ts"
import { tiledDsseBody, tiledHashedRekordBody } from "./rekor-v2-body.ts"
import type { RekorV2 } from "./rekor-v2.ts"
import { tiledVerifier, verifierPem, type Signer } from "./signer.ts"
import type { EnvelopeJson, LogEntryJson } from "./wire.ts"

/** Every kind of log entry, of Rekor v1 and (0.0.2 of hashedrekord and dsse) of Rekor v2. */
export type EntryKind = EnvelopeKind | "hashedrekord/0.0.1" | "hashedrekord/0.0.2" | "dsse/0.0.2"

/** What was signed, with its signature. */
export type SignedThing =
  | { readonly kind: "envelope"; readonly envelope: EnvelopeJson; readonly signature: Uint8Array }
  | { readonly kind: "message"; readonly message: Uint8Array; readonly signature: Uint8Array }

/** The logs to choose from. */
export interface Logs {
  readonly rekor: RekorV1
  readonly rekorV2: RekorV2
}

/** Logs a signature and returns the entry for its bundle; `time` in milliseconds since 1970. */
export function logSignature(
  logs: Logs,
  kind: EntryKind,
  thing: SignedThing,
  signer: Signer,
  options: EntryParts & { readonly time: number },
): LogEntryJson {
  const integratedTime = Math.floor(options.time / 1000)
  switch (kind) {
    case "hashedrekord/0.0.1":
      return logs.rekor.transparencyLogEntry(
        logs.rekor.add(hashedRekord(thing, signer), integratedTime),
        options,
      )
    case "dsse/0.0.1":
    case "intoto/0.0.1":
    case "intoto/0.0.2": {
      const entry = { raw: rawEnvelope(thing), verifiers: [verifierPem(signer)] }
      const logged = addEnvelope(logs.rekor.add, kind, entry, integratedTime)
      return logs.rekor.transparencyLogEntry(logged, options)
    }
    case "hashedrekord/0.0.2":
    case "dsse/0.0.2": {
      const body = kind === "dsse/0.0.2" ? tiledDsse : tiledHashedRekord
      return logs.rekorV2.transparencyLogEntry(logs.rekorV2.add(body(thing, signer)), options)
    }
  }
}

/** Says whether entries of this kind carry no time of their own. */
export function isTiled(kind: EntryKind): boolean {
  return kind === "hashedrekord/0.0.2" || kind === "dsse/0.0.2"
}

function hashedRekord(thing: SignedThing, signer: Signer): ReturnType<typeof hashedRekordBody> {
  return hashedRekordBody({
    ...digestOf(thing, signer.hash),
    signature: thing.signature,
    verifier: verifierPem(signer),
  })
}

function tiledHashedRekord(
  thing: SignedThing,
  signer: Signer,
): ReturnType<typeof tiledHashedRekordBody> {
  return tiledHashedRekordBody({
    ...digestOf(thing, signer.hash),
    signature: thing.signature,
    verifier: tiledVerifier(signer),
  })
}

function tiledDsse(thing: SignedThing, signer: Signer): ReturnType<typeof tiledDsseBody> {
  return tiledDsseBody({
    payloadHash: digest("sha256", payloadOf(thing)),
    signature: thing.signature,
    verifier: tiledVerifier(signer),
  })
}

function digestOf(
  thing: SignedThing,
  algorithm: HashName,
): { algorithm: HashName; digest: Uint8Array } {
  const data =
    thing.kind === "message"
      ? thing.message
      : preAuthenticationEncoding(thing.envelope.payloadType, payloadOf(thing))
  return { algorithm, digest: digest(algorithm, data) }
}

function payloadOf(thing: SignedThing): Uint8Array {
  return thing.kind === "message" ? thing.message : Buffer.from(thing.envelope.payload, "base64")
}

function rawEnvelope(thing: SignedThing): Uint8Array {
  if (thing.kind === "message") throw new TypeError("entries of this kind are for envelopes")
  return Buffer.from(JSON.stringify(thing.envelope), "utf8")
}
