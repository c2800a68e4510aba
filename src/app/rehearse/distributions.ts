import path from "node:path"

import type { Sha256 } from "../../core/digest.ts"
import { WheelproofError } from "../../core/errors.ts"
import { bytesSource } from "../../formats/archive/byte-source.ts"
import { checkDistribution } from "../../formats/distribution/check.ts"
import type { DistributionMember } from "../../formats/distribution/content.ts"
import type { Files } from "../../io/files.ts"
import { MAX_BYTES, sha256Of } from "./digest-of.ts"
import type { CoreMetadata } from "../../packaging/core-metadata.ts"

/** A built file that was opened, checked and hashed. */
export interface BuiltFile {
  readonly file: string
  readonly filename: string
  readonly kind: "wheel" | "sdist"
  readonly sha256: Sha256
  readonly content: Uint8Array
  readonly metadata: CoreMetadata
  readonly members: readonly DistributionMember[]
}

/** Opens a distribution. Throws `ERR_INPUT_MALFORMED` for one that a careful installer or PyPI would refuse. */
export async function openBuiltFile(file: string, files: Files): Promise<BuiltFile> {
  const filename = path.basename(file)
  const content = files.read(file, MAX_BYTES)
  const sha256 = sha256Of(file, files)
  const checked = await checkDistribution(filename, bytesSource(content))
  const { distribution, metadata, members, problems } = checked
  if (distribution === undefined || metadata === undefined || problems.length > 0) {
    const found = problems.map((problem) => problem.found).join("; ")
    throw new WheelproofError("ERR_INPUT_MALFORMED", `${filename} cannot be published: ${found}`)
  }
  return { file, filename, kind: distribution.kind, sha256, content, metadata, members }
}
