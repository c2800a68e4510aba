/** Upper bounds on what evidence may hold; each is checked before the thing itself is read. */
export const LIMITS = {
  /** One evidence document, or one line of JSON Lines, in bytes. */
  documentBytes: 16_777_216,
  /** A trusted root document, in bytes. */
  trustedRootBytes: 8_388_608,
  /** Nested arrays and objects in any JSON document. */
  jsonDepth: 64,
  /** Members and elements in any JSON document. */
  jsonValues: 200_000,
  /** Nested elements in a timestamp; real ones have a dozen. */
  derDepth: 32,
  certificateBytes: 65_536,
  certificates: 10,
  extensions: 64,
  subjects: 16_384,
  signatures: 16,
  logEntries: 32,
  timestamps: 32,
  timestampBytes: 65_536,
  /** A Merkle tree of 2^64 leaves needs no more. */
  proofHashes: 64,
  checkpointBytes: 16_384,
  checkpointSignatures: 32,
  /** Attestations in one provenance object or API answer. */
  attestations: 1_024,
} as const
