import { decodeBase64, encodeHex, utf8 } from "./bytes.ts"
import { malformed, WheelproofError } from "./errors.ts"
import { LIMITS } from "./limits.ts"

/** One signature line of a signed note. */
export interface NoteSignature {
  readonly name: string
  /** The first four octets of the key id, lower-case hex. */
  readonly keyHint: string
  readonly signature: Uint8Array
}

/** A log's signed statement of its tree's size and root (C2SP tlog-checkpoint, signed-note). */
export interface Checkpoint {
  readonly origin: string
  readonly treeSize: bigint
  readonly rootHash: Uint8Array
  /** The bytes that are signed: the text up to and including its last newline. */
  readonly signed: Uint8Array
  readonly signatures: readonly NoteSignature[]
}

const SIGNATURE_LINE = /^\u2014 ([^ +\n]+) ([A-Za-z0-9+/=]+)$/

/** Parses a checkpoint. Throws `ERR_INPUT_MALFORMED` or `ERR_INPUT_TOO_LARGE`. */
export function parseCheckpoint(text: string): Checkpoint {
  if (text.length > LIMITS.checkpointBytes) {
    throw new WheelproofError(
      "ERR_INPUT_TOO_LARGE",
      `a checkpoint is over ${LIMITS.checkpointBytes} bytes`,
    )
  }
  // The last empty line divides: extension lines of the text may not be empty, signature lines never are.
  const divider = text.lastIndexOf("\n\n")
  if (divider === -1 || !text.endsWith("\n")) throw malformed("a checkpoint is not a signed note")
  const [origin = "", size = "", root = "", ...extensions] = text.slice(0, divider).split("\n")
  if (origin === "" || !/^(?:0|[1-9][0-9]{0,19})$/.test(size) || extensions.includes("")) {
    throw malformed("a checkpoint has no origin or no size")
  }
  const rootHash = decodeBase64(root, "a checkpoint's root hash")
  if (rootHash.byteLength !== 32) throw malformed("a checkpoint's root hash is not 32 bytes")
  return {
    origin,
    treeSize: BigInt(size),
    rootHash,
    signed: utf8(text.slice(0, divider + 1)),
    signatures: parseSignatures(text.slice(divider + 2, -1)),
  }
}

function parseSignatures(text: string): readonly NoteSignature[] {
  const lines = text.split("\n")
  if (lines.length > LIMITS.checkpointSignatures)
    throw malformed("a checkpoint has too many signatures")
  return lines.map((line) => {
    const match = SIGNATURE_LINE.exec(line)
    if (match === null) throw malformed("a checkpoint has a broken signature line")
    const bytes = decodeBase64(match[2] ?? "", "a checkpoint's signature")
    if (bytes.byteLength <= 4) throw malformed("a checkpoint has a signature that is too short")
    return {
      name: match[1] ?? "",
      keyHint: encodeHex(bytes.subarray(0, 4)),
      signature: bytes.subarray(4),
    }
  })
}
