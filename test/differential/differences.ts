/** A way in which we and the peer answer differently, and why that is meant. */
export interface Difference {
  readonly what: string
  readonly why: string
  /** What the side that refuses says. */
  readonly says: RegExp
  /** The specimens that it is limited to; all of them unless given. */
  readonly of?: RegExp
}

/** Where we refuse and the peer accepts. */
export const STRICTER: readonly Difference[] = [
  {
    what: "JSON that two readers read differently",
    why: "one of them would see another bundle: a member twice, foreign bytes, half a surrogate pair",
    says: /^evidence-malformed: .*(?:the member ".*" twice|is not UTF-8|half a surrogate pair)$/,
  },
  {
    what: "a member that the format does not have, or a second signer",
    why: "what one reader ignores, another may know",
    says: /^evidence-malformed: .*(?:has the unknown member|names more than one kind of signer)/,
  },
  {
    what: "base64 in another spelling",
    why: "there is one text for each byte string; decoders differ on the others",
    says: /^evidence-malformed: .*is not standard base64$/,
  },
  {
    what: "a number that is not written as one",
    why: "the peer never reads some of them, and takes BigInt's word on others: hexadecimal, signs, spaces, nothing",
    says: /^evidence-malformed: .*(?:is not a 64-bit unsigned integer|is out of range)$/,
  },
  {
    what: "a member that is missing or of another type",
    why: "the peer puts a default in its place, or turns it into the type it wants",
    says: /^evidence-malformed: .*(?:is missing|is not a string|is not an array|is not an object)$/,
  },
  {
    what: "a hash or an id of another length",
    why: "the peer does not read this member of the proof",
    says: /^evidence-malformed: a (?:Merkle tree hash|log id) is not 32 bytes$/,
  },
  {
    what: "a media type that no version of the format has",
    why: "the peer looks at the beginning alone",
    says: /^evidence-malformed: unknown bundle media type /,
  },
  {
    what: "an inclusion proof whose own root, size or index is false",
    why: "the peer takes root and size from the checkpoint; what the bundle shows people is then unproved",
    says: /^log-inclusion: (?:[0-9a-f]{64}|[0-9]+|a proof that fits no tree)$|^log-checkpoint: size /,
  },
  {
    what: "a certificate with false parts that its signature does not cover",
    why: "there is one spelling of a certificate, and a log or a list of certificates is looked up by it",
    says: /^evidence-malformed: certificate(?:: surplus DER elements| names two signature algorithms)$/,
  },
  {
    what: "something in a chain that is no certificate",
    why: "trust comes from the trust root alone, but what travels along has to be what it is called",
    says: /^evidence-malformed: a chain's certificate/,
  },
  {
    what: "a checkpoint that is no signed note, or by another name than its log's",
    why: "the peer reads past what is around the lines that it wants, and finds the name anywhere in the log's address",
    says: /^log-checkpoint: (?:a checkpoint (?:is|has) |no valid signature by it)/,
  },
  {
    what: "a timestamp with false parts that its signature does not cover",
    why: "the peer reads only what it needs; the status, the certificates and the frame around them may be anything",
    says: /^timestamp: /,
  },
  {
    what: "a log entry about another certificate or envelope",
    why: "the peer compares signature and payload alone",
    says: /^log-entry-body: /,
  },
  {
    what: "a certificate that was issued for something else",
    why: "the peer asks neither for code signing, nor whether the leaf is an authority, nor what is critical in it",
    says: /^certificate-(?:usage|not-ca|extensions): /,
    of: /evil/,
  },
  {
    what: "a certificate of two names",
    why: "the peer takes the first",
    says: /^certificate-identity: /,
    of: /evil/,
  },
  {
    what: "a proof of publication of another time than the certificate's",
    why: "whoever holds the key of a retired certificate log can date back to its days",
    says: /^certificate-transparency: a proof from outside/,
    of: /evil/,
  },
]

/** Where we accept and the peer refuses. */
export const LAXER: readonly Difference[] = [
  {
    what: "a v0.1 bundle whose proof has no checkpoint",
    why: "such bundles were made in 2023 and 2024 and rest on their promise; the peer fails with a TypeError",
    says: /^TypeError: .*'envelope'/,
  },
  {
    what: "a log entry of kind intoto/0.0.1",
    why: "the SLSA generators logged it until 2023; its body is rebuilt like every other",
    says: /unsupported intoto version: 0\.0\.1/,
    of: /intoto\/0\.0\.1/,
  },
  {
    what: "a P-384 key with its own hash",
    why: "Sigstore's algorithm registry pairs P-384 with SHA-384; the peer takes SHA-256 for every envelope",
    says: /signature verification failed/,
    of: /P-384/,
  },
  {
    what: "the same entry or timestamp twice",
    why: "it is checked twice and counts once; the peer refuses the bundle",
    says: /duplicate (?:timestamp|tlog entry)/,
  },
  {
    what: "a v0.1 bundle with the proof of later versions in place of a promise",
    why: "that proves more, not less",
    says: /^Error: invalid v0\.1 bundle: \S+\.inclusionPromise$/,
  },
  {
    what: "a file's signature that does not repeat the file's digest",
    why: "the digest that counts is the file's own",
    says: /^Error: invalid (?:v0\.[12] )?bundle: content\.messageSignature\.messageDigest(?:\.digest)?$/,
  },
  {
    what: "a managed key without proved time, or called by another name",
    why: "whoever names the key trusts it whenever it signed, and whatever the bundle calls it; the report says that time is unproven",
    says: /expected 1 (?:timestamps|tlog entries), got 0|key not found/,
    of: /managed.key/,
  },
]
