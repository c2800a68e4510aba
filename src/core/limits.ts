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
  /** Files and folders in a wheel or sdist. */
  archiveMembers: 200_000,
  /** The central directory of a wheel. */
  archiveDirectoryBytes: 33_554_432,
  /** Bytes of a wheel's or sdist's content that are read whatever the ratio: PyPI's figure. */
  expandedBytes: 67_108_864,
  /** Content over {@link expandedBytes} may be this many times the size of the file: PyPI's figure. */
  expansionRatio: 50,
  /** METADATA or PKG-INFO. */
  metadataBytes: 8_388_608,
  /** Lines of METADATA or PKG-INFO before the description. */
  metadataHeaders: 20_000,
  recordBytes: 67_108_864,
  /** WHEEL and entry_points.txt. */
  smallMemberBytes: 1_048_576,
  /** pyproject.toml and wheelproof.toml. */
  projectFileBytes: 1_048_576,
  /** A pax header of a tar archive, or a long name in it. */
  paxBytes: 1_048_576,
} as const
