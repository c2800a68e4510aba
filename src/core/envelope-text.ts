import { encodeBase64, utf8 } from "./bytes.ts"
import { sha256Hex } from "./keys.ts"

/** A DSSE envelope as far as its JSON text goes. */
export interface EnvelopeParts {
  readonly payload: Uint8Array
  readonly payloadType: string
  readonly signatures: readonly {
    readonly sig: Uint8Array
    readonly keyid: string
    /** The verifier as PEM text, for the one serialisation that has it. */
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

const SIGNATURE_MEMBERS = [["sig"], ["sig", "keyid"], ["keyid", "sig"]] as const

/**
 * Whether `hash` (lower-case hex SHA-256) is of some plain JSON text of this envelope.
 *
 * Log entries of kinds dsse/0.0.1 and intoto/0.0.2 hash the envelope's text as their client wrote it, and bundles do not keep that
 * text. An envelope has few plain texts (order of members, separators, an empty `keyid`, a final newline), so all are tried,
 * the usual ones first; a hash of anything else is a hash of something else.
 */
export function isHashOfEnvelope(hash: string, envelope: EnvelopeParts): boolean {
  for (const text of envelopeTexts(envelope)) {
    if (sha256Hex(utf8(text)) === hash) return true
  }
  return false
}

function* envelopeTexts(envelope: EnvelopeParts): Generator<string> {
  for (const names of SIGNATURE_MEMBERS) {
    for (const separators of SEPARATORS) yield* orderings(envelope, names, separators)
  }
  yield canonicalWithKeys(envelope, (pem) => pem.trimEnd())
  yield canonicalWithKeys(envelope, (pem) => pem)
}

function* orderings(
  envelope: EnvelopeParts,
  signatureMembers: readonly ("sig" | "keyid")[],
  [comma, colon]: (typeof SEPARATORS)[number],
): Generator<string> {
  const object = (members: readonly Member[]): string =>
    `{${members.map(([name, json]) => `"${name}"${colon}${json}`).join(comma)}}`
  const signatures = envelope.signatures.map(({ sig, keyid }) =>
    object(
      signatureMembers.map((name) => [name, quote(name === "sig" ? encodeBase64(sig) : keyid)]),
    ),
  )
  const members: readonly Member[] = [
    ["payload", quote(encodeBase64(envelope.payload))],
    ["payloadType", quote(envelope.payloadType)],
    ["signatures", `[${signatures.join(comma)}]`],
  ]
  for (const order of permutations(members)) {
    yield object(order)
    yield `${object(order)}\n`
  }
}

// RFC 8785 order; the form that @sigstore/sign hashes for intoto/0.0.2.
function canonicalWithKeys(envelope: EnvelopeParts, pemText: (pem: string) => string): string {
  const signatures = envelope.signatures.map(({ sig, keyid, publicKey = "" }) => {
    const key = keyid === "" ? "" : `"keyid":${quote(keyid)},`
    return `{${key}"publicKey":${quote(pemText(publicKey))},"sig":${quote(encodeBase64(sig))}}`
  })
  return (
    `{"payload":${quote(encodeBase64(envelope.payload))},` +
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
