import { base64 } from "../sigstore/wire.ts"

/** A checkpoint: who says so, how many leaves, which root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly rootHash: Uint8Array
}

/** Who signs a note: the name in its signature line, the four-byte key hint, and the signature itself. */
export interface NoteSigner {
  readonly name: string
  readonly keyHint: Uint8Array
  readonly sign: (text: Uint8Array) => Uint8Array
}

/** A checkpoint as a signed note (C2SP signed-note): text, an empty line, one line for each signature. */
export function signCheckpoint(checkpoint: Checkpoint, ...signers: readonly NoteSigner[]): string {
  const { origin, size, rootHash } = checkpoint
  const text = `${origin}\n${size}\n${base64(rootHash)}\n`
  const lines = signers.map(({ name, keyHint, sign }) => {
    const signature = Buffer.concat([keyHint, sign(Buffer.from(text, "utf8"))])
    return `\u2014 ${name} ${base64(signature)}\n`
  })
  return `${text}\n${lines.join("")}`
}
