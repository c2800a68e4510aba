import type { Sha256 } from "../core/digest.ts"
import type { CoreMetadata } from "../packaging/core-metadata.ts"
import { uploadFields } from "../packaging/upload-fields.ts"
import type { FormPart } from "./multipart.ts"

/** A distribution to upload. */
export interface UploadFile {
  readonly filename: string
  readonly kind: "wheel" | "sdist"
  readonly content: Uint8Array
  readonly sha256: Sha256
  /** As the archive itself has it. */
  readonly metadata: CoreMetadata
}

/**
 * The form of one upload (Warehouse, `forklift/legacy.py`): core metadata, what the file is and its digest, the attestations as they were
 * written (PEP 740), and the file.
 */
export function uploadForm(file: UploadFile, attestations: readonly string[]): readonly FormPart[] {
  const { filename, kind, content, sha256, metadata } = file
  const isWheel = kind === "wheel"
  const fields: readonly (readonly [string, string])[] = [
    [":action", "file_upload"],
    ["protocol_version", "1"],
    ["filetype", isWheel ? "bdist_wheel" : "sdist"],
    // PEP 427: the first of the last three parts of a wheel's name.
    ["pyversion", isWheel ? (filename.split("-").at(-3) ?? "") : "source"],
    ["sha256_digest", sha256],
    ...uploadFields(metadata),
    ...(attestations.length === 0
      ? []
      : [["attestations", `[${attestations.join(",")}]`] as const]),
  ]
  return [
    ...fields.map(([name, text]) => ({ name, content: text })),
    { name: "content", content, filename },
  ]
}
