import { malformed } from "./errors.ts"

declare const brand: unique symbol

/** 64 lower-case hex digits. Only {@link parseSha256} makes one. */
export type Sha256 = string & { readonly [brand]: "sha256" }

/** The hex length of each digest algorithm that we can compute, by its in-toto name. */
export const DIGEST_HEX_LENGTH = {
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
} as const

/** An algorithm whose digests we can compute and compare, by its in-toto name (in-toto `DigestSet`). */
export type DigestAlgorithm = keyof typeof DIGEST_HEX_LENGTH

/** What is known of a file's content: always SHA-256, and the others where somebody asked for them. */
export type FileDigests = { readonly sha256: Sha256 } & {
  readonly [algorithm in DigestAlgorithm]?: string
}

/** Parses a SHA-256 digest, or throws `ERR_INPUT_MALFORMED`. */
export function parseSha256(text: string): Sha256 {
  if (!isSha256(text)) throw malformed("a SHA-256 digest is 64 lower-case hex digits")
  return text
}

/** Says whether `name` is an algorithm we can compute. */
export function isDigestAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(DIGEST_HEX_LENGTH, name)
}

function isSha256(text: string): text is Sha256 {
  return /^[0-9a-f]{64}$/.test(text)
}
