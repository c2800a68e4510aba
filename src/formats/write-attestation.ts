import { encodeBase64 } from "../core/bytes.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Evidence } from "../core/evidence.ts"
import { writeEntry } from "./write-bundle.ts"

/**
 * Writes evidence as a PEP 740 attestation object, version 1, on one line: what PyPI takes beside an upload. Timestamps go along as the draft
 * has them; PyPI drops them. Throws `ERR_INPUT_UNSUPPORTED` for what is not an envelope with one signature.
 */
export function writeAttestation({ content, material, entries, timestamps }: Evidence): string {
  const [signature, ...others] = content.kind === "dsse" ? content.signatures : []
  if (content.kind !== "dsse" || signature === undefined || others.length > 0) {
    throw new WheelproofError(
      "ERR_INPUT_UNSUPPORTED",
      "a PEP 740 attestation holds one envelope with one signature, and nothing else",
    )
  }
  const envelope = {
    statement: encodeBase64(content.payload),
    signature: encodeBase64(signature.sig),
  }
  if (material.kind !== "certificate") return JSON.stringify({ version: 1, envelope })
  return JSON.stringify({
    version: 1,
    verification_material: {
      certificate: encodeBase64(material.leaf),
      transparency_entries: entries.map(writeEntry),
      ...(timestamps.length === 0 ? {} : { timestamps: timestamps.map(encodeBase64) }),
    },
    envelope,
  })
}
