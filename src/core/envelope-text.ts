import { concatBytes, encodeBase64, utf8 } from "./bytes.ts"
import { sha256Hex } from "./keys.ts"

/** A DSSE envelope as far as its JSON text goes. */
export interface EnvelopeParts {
  readonly payload: Uint8Array
  readonly payloadType: string
  readonly signatures: readonly {
    readonly sig: Uint8Array
    readonly keyid: string
    /** The verifier as PEM text, for the serialisations that have it. */
    readonly publicKey?: string
  }[]
}

type Member = readonly [name: string, json: string]

// The separators that serialisers put after a value and after a name. Go's protojson picks one by chance for each build.
const SEPARATORS = [
  [",", ":"],
  [", ", ":"],
  [", ", ": "],
  [",", ": "],
] as const

type SignatureMember = "sig" | "keyid" | "cert"

// The last two are of the generic and Go generators up to v2.0.0, which put the certificate beside the signature.
const SIGNATURE_MEMBERS: readonly (readonly SignatureMember[])[] = [
  ["sig"],
  ["sig", "keyid"],
  ["keyid", "sig"],
  ["keyid", "sig", "cert"],
  ["sig", "keyid", "cert"],
]

/**
 * Whether `hash` (lower-case hex SHA-256) is of some plain JSON text of this envelope.
 *
 * Log entries of kinds dsse/0.0.1 and intoto/0.0.2 hash the envelope's text as their client wrote it, and bundles do not keep that
 * text. An envelope has few plain texts (order of members, separators, an empty `keyid`, a final newline), so all are tried,
 * the usual ones first; a hash of anything else is a hash of something else.
 */
export function isHashOfEnvelope(hash: string, envelope: EnvelopeParts): boolean {
  for (const ending of ["", "\n"]) {
    for (const text of envelopeTexts(envelope)) {
      if (sha256Hex(utf8(text + ending)) === hash) return true
    }
  }
  return false
}

/** The texts that a file or a line of JSON Lines may have had when it was logged: with a final newline and without. */
export function rawTexts(raw: Uint8Array): readonly Uint8Array[] {
  const NEWLINE = 0x0a
  return raw.at(-1) === NEWLINE
    ? [raw, raw.subarray(0, -1)]
    : [raw, concatBytes(raw, Uint8Array.of(NEWLINE))]
}

const ORDERS = permutations(["payload", "payloadType", "signatures"] as const)

// The order of trying is the order of how common they are.
function* envelopeTexts(envelope: EnvelopeParts): Generator<string> {
  const payload = quote(encodeBase64(envelope.payload))
  for (const order of ORDERS) {
    for (const names of SIGNATURE_MEMBERS) {
      for (const separators of SEPARATORS) {
        yield plainText(envelope, payload, order, names, separators)
      }
    }
    if (order[0] === "payload") yield* canonicalTexts(envelope, payload)
  }
}

function plainText(
  envelope: EnvelopeParts,
  payload: string,
  order: readonly ("payload" | "payloadType" | "signatures")[],
  signatureMembers: readonly SignatureMember[],
  [comma, colon]: (typeof SEPARATORS)[number],
): string {
  const object = (members: readonly Member[]): string =>
    `{${members.map(([name, json]) => `"${name}"${colon}${json}`).join(comma)}}`
  const signatures = envelope.signatures.map(({ sig, keyid, publicKey = "" }) => {
    const values = { sig: encodeBase64(sig), keyid, cert: publicKey }
    return object(signatureMembers.map((name) => [name, quote(values[name])]))
  })
  const values = {
    payload,
    payloadType: quote(envelope.payloadType),
    signatures: `[${signatures.join(comma)}]`,
  }
  return object(order.map((name) => [name, values[name]]))
}

function* canonicalTexts(envelope: EnvelopeParts, payload: string): Generator<string> {
  yield canonicalWithKeys(envelope, payload, (pem) => pem.trimEnd())
  yield canonicalWithKeys(envelope, payload, (pem) => pem)
}

// RFC 8785 order; the form that @sigstore/sign hashes for intoto/0.0.2.
function canonicalWithKeys(
  envelope: EnvelopeParts,
  payload: string,
  pemText: (pem: string) => string,
): string {
  const signatures = envelope.signatures.map(({ sig, keyid, publicKey = "" }) => {
    const key = keyid === "" ? "" : `"keyid":${quote(keyid)},`
    return `{${key}"publicKey":${quote(pemText(publicKey))},"sig":${quote(encodeBase64(sig))}}`
  })
  return (
    `{"payload":${payload},` +
    `"payloadType":${quote(envelope.payloadType)},"signatures":[${signatures.join(",")}]}`
  )
}

function quote(text: string): string {
  return JSON.stringify(text)
}

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  )
}
