import type { CertificateAuthority, IssueOptions } from "./certificate-authority.ts"
import type { Der } from "../crypto/der.ts"
import { GITHUB_IDENTITY } from "./identities.ts"
import {
  createKeyPair,
  keyDetails,
  sign,
  subjectPublicKeyInfo,
  usualHash,
  type HashName,
  type KeyPair,
} from "../crypto/keys.ts"
import { toPem } from "../crypto/pem.ts"
import type { TiledVerifier } from "./rekor-v2-body.ts"

/** A key that signs evidence: with a certificate, or a managed one without. */
export interface Signer {
  readonly key: KeyPair
  readonly hash: HashName
  readonly certificate?: Der
  /** What bundles of a managed key say of it. */
  readonly hint?: string
}

/** How to make a {@link Signer} with a certificate; all of {@link IssueOptions} but the key is optional. */
export interface SignerOptions extends Partial<Omit<IssueOptions, "publicKey">> {
  /** A fresh P-256 key. */
  readonly key?: KeyPair
  /** Of signatures; what Sigstore pairs with the key. */
  readonly signatureHash?: HashName
}

/** Has the authority issue a certificate, for the default GitHub identity unless told otherwise. */
export function createSigner(
  authority: CertificateAuthority,
  { key = createKeyPair(), signatureHash, ...issue }: SignerOptions = {},
): Signer {
  const certificate = authority.issue({
    identity: GITHUB_IDENTITY,
    ...issue,
    publicKey: key.publicKey,
  })
  return { key, certificate, hash: signatureHash ?? usualHash(key.publicKey) }
}

/** A managed key: no certificate, so that only the key's holder can say whose it is. */
export function managedSigner(
  key: KeyPair = createKeyPair(),
  options: { readonly signatureHash?: HashName; readonly hint?: string } = {},
): Signer {
  return {
    key,
    hash: options.signatureHash ?? usualHash(key.publicKey),
    hint: options.hint ?? "wheelproof-test-key",
  }
}

/** The signer's certificate, or else its public key, as PEM. */
export function verifierPem({ certificate, key }: Signer): string {
  return certificate === undefined
    ? toPem("PUBLIC KEY", subjectPublicKeyInfo(key.publicKey))
    : toPem("CERTIFICATE", certificate)
}

/** The signer as entries of Rekor v2 name it. */
export function tiledVerifier({ certificate, key }: Signer): TiledVerifier {
  return {
    keyDetails: keyDetails(key.publicKey),
    ...(certificate === undefined
      ? { publicKey: subjectPublicKeyInfo(key.publicKey) }
      : { certificate }),
  }
}

/** The signer's signature over `data`. */
export function signData(signer: Signer, data: Uint8Array): Buffer {
  return sign(signer.key, data, signer.hash)
}
