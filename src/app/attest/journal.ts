import { decodeBase64, encodeBase64 } from "../../core/bytes.ts"
import { WheelproofError } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"
import { Shape } from "../../core/shape.ts"
import type { JournalFile } from "../../io/journal.ts"
import type { Journal, LeftSignature } from "../../sigstore/sign/sign-batch.ts"

/**
 * The journal of a batch over a file of lines. What an earlier process left is read back leniently, because whoever can write the folder can write it: a
 * line that cannot be read is none, and what can be read is proved before it is used. `written` are the bundles that stand where they
 * belong already.
 */
export function createJournal(file: JournalFile, written: ReadonlyMap<string, string>): Journal {
  const bundles = new Map(written)
  const signatures = new Map<string, LeftSignature>()
  for (const line of file.left) {
    const record = readRecord(line)
    if (record === undefined) continue
    if ("bundle" in record) bundles.set(record.id, record.bundle)
    else signatures.set(record.id, record)
  }
  return {
    bundleOf: (id) => bundles.get(id),
    signatureOf: (id) => signatures.get(id),
    keepSignature(id, { signature, certificate }) {
      const record = {
        id,
        signature: encodeBase64(signature),
        certificate: encodeBase64(certificate),
      }
      file.append(JSON.stringify(record))
    },
    keepBundle: (id, bundle) => file.append(JSON.stringify({ id, bundle })),
  }
}

type Record =
  | { readonly id: string; readonly bundle: string }
  | ({ readonly id: string } & LeftSignature)

function readRecord(line: string): Record | undefined {
  try {
    const record = new Shape(parseJson(Buffer.from(line), "journal"), "journal")
    const id = record.string("id")
    const bundle = record.optionalString("bundle")
    if (bundle !== undefined) return { id, bundle }
    return {
      id,
      signature: decodeBase64(record.string("signature"), "signature"),
      certificate: decodeBase64(record.string("certificate"), "certificate"),
    }
  } catch (error) {
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}
