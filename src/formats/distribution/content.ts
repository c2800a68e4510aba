import type { Sha256 } from "../../core/digest.ts"
import type { CoreMetadata } from "../../packaging/core-metadata.ts"
import type { ArchiveMember } from "../archive/member.ts"

/** A member of a distribution, with the digest of its content where it is a file. */
export interface DistributionMember extends ArchiveMember {
  readonly sha256?: Sha256
}

/** What is in a distribution, as far as it can be read. */
export interface DistributionContent {
  /** In the archive's order. */
  readonly members: readonly DistributionMember[]
  /** The bytes of METADATA or PKG-INFO, which an index serves beside the file (PEP 658). */
  readonly metadataFile?: Uint8Array
  readonly metadata?: CoreMetadata
}
