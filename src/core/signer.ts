import {
  type Certificate,
  EXTENSION,
  extendedKeyUsages,
  basicConstraints,
  hasKeyUsage,
} from "./certificate.ts"
import { checkPublication, type PublicationProof } from "./certificate-transparency.ts"
import { findIssuer, isValidAt, unknownCriticalExtension, USAGE } from "./chain.ts"
import {
  check,
  fails,
  type Finding,
  firstReason,
  holds,
  type Outcome,
  readChecked,
} from "./check.ts"
import type { Evidence } from "./evidence.ts"
import { parseIdentity } from "./fulcio.ts"
import type { Identity } from "./identity.ts"
import type { PublicKey } from "./keys.ts"
import { memoizePair } from "./memo.ts"
import type { TrustedInstance, TrustedLog } from "./trust.ts"
import type { Reason, VerifiedTime } from "./verdict.ts"

/** Who may have signed: a certificate that is still to be checked against an instance, or keys that the user trusts. */
export type Signer =
  | { readonly kind: "certificate"; readonly certificate: Certificate; readonly identity: Identity }
  | { readonly kind: "keys"; readonly keys: readonly PublicKey[] }

/** Reads who signed. Evidence with a certificate is not judged by keys, nor the reverse: a key given means "this key". */
export function readSigner(
  evidence: Evidence,
  keys: readonly PublicKey[],
  parse: (der: Uint8Array) => Certificate,
): Outcome<Signer> {
  const { material, origin } = evidence
  if (material.kind !== "certificate") {
    return readChecked<Signer>("key-known", origin, () =>
      keys.length > 0
        ? holds({ kind: "keys", keys })
        : fails({
            expected: "a certificate, or a key given with --key",
            found: describeKey(evidence),
          }),
    )
  }
  const unwanted = check("key-known", origin, () =>
    keys.length > 0
      ? {
          expected: "a signature by a key given with --key",
          found: "a signature with a certificate",
        }
      : undefined,
  )
  if (unwanted !== undefined) return { ok: false, reason: unwanted }
  const certificate = readChecked("evidence-malformed", origin, () => holds(parse(material.leaf)))
  if (!certificate.ok) return certificate
  return readChecked<Signer>("certificate-identity", origin, () =>
    holds({
      kind: "certificate",
      certificate: certificate.value,
      identity: parseIdentity(certificate.value),
    }),
  )
}

function describeKey({ material }: Evidence): string {
  return material.kind === "key" && material.hint !== ""
    ? `a signature by the key ${material.hint}`
    : "a signature without either"
}

/** Checks a signing certificate at every proved time (RFC 5280 §6; Sigstore client spec, "Verification", certificate). */
export function checkCertificate(
  certificate: Certificate,
  times: readonly Pick<VerifiedTime, "time">[],
  instance: TrustedInstance,
  origin: string,
): Reason | undefined {
  const found = readChecked("certificate-chain", origin, () =>
    issuersAt(certificate, instance, times),
  )
  if (!found.ok) return found.reason
  return firstReason(
    () => check("certificate-time", origin, () => timeFinding(certificate, times)),
    () => check("certificate-usage", origin, () => usageFinding(certificate)),
    () => check("certificate-not-ca", origin, () => authorityFinding(certificate)),
    () => check("certificate-extensions", origin, () => extensionFinding(certificate)),
    () =>
      check("certificate-transparency", origin, () =>
        publicationFinding(certificate, found.value, instance),
      ),
  )
}

function findIssuerAt(
  certificate: Certificate,
  instance: TrustedInstance,
  time: number,
): Certificate | undefined {
  for (const authority of instance.certificateAuthorities) {
    const issuer = findIssuer(certificate, authority, time, USAGE.codeSigning)
    if (issuer !== undefined) return issuer
  }
  return undefined
}

/** The issuer of the certificate; at every one of the times its path has to hold. */
function issuersAt(
  certificate: Certificate,
  instance: TrustedInstance,
  times: readonly Pick<VerifiedTime, "time">[],
): { readonly value: Certificate | undefined } | { readonly finding: Finding } {
  const issuers = times.map(({ time }) => findIssuerAt(certificate, instance, time))
  const broken = times.find((_, index) => issuers[index] === undefined)
  if (broken === undefined) return holds(issuers[0])
  const at = new Date(broken.time).toISOString()
  return fails({
    expected: `a certificate issued by ${instance.name}, whose authority was in service on ${at}`,
    found: `a certificate valid from ${new Date(certificate.notBefore).toISOString()} by another or retired authority`,
  })
}

function timeFinding(
  certificate: Certificate,
  times: readonly Pick<VerifiedTime, "time">[],
): Finding | undefined {
  const outside = times.find(({ time }) => !isValidAt(certificate, time))
  if (outside === undefined) return undefined
  const [from, to] = [certificate.notBefore, certificate.notAfter].map((time) =>
    new Date(time).toISOString(),
  )
  return {
    expected: `a signature between ${from} and ${to}`,
    found: `one made at ${new Date(outside.time).toISOString()}`,
  }
}

function usageFinding(certificate: Certificate): Finding | undefined {
  const usages = extendedKeyUsages(certificate) ?? []
  if (!usages.includes(USAGE.codeSigning)) {
    return { expected: "the extended key usage code signing", found: usages.join(", ") || "none" }
  }
  return hasKeyUsage(certificate, "digitalSignature") === true
    ? undefined
    : { expected: "the key usage digital signature", found: "a certificate without it" }
}

function authorityFinding(certificate: Certificate): Finding | undefined {
  const { authority } = basicConstraints(certificate)
  return authority || hasKeyUsage(certificate, "keyCertSign") === true
    ? { expected: "a certificate that may not issue others", found: "an authority's certificate" }
    : undefined
}

function extensionFinding(certificate: Certificate): Finding | undefined {
  const unknown = unknownCriticalExtension(certificate)
  return unknown === undefined
    ? undefined
    : {
        expected: "critical extensions that are understood",
        found: `the critical extension ${unknown}`,
      }
}

// Remembered, because all attestations of one upload share their certificate.
function publicationProof(
  certificate: Certificate,
  issuer: Certificate,
  logs: readonly TrustedLog[],
): PublicationProof {
  return proofsOf(certificate, logs)(issuer)
}

const proofsOf = memoizePair((certificate: Certificate, logs: readonly TrustedLog[]) => {
  const proofs = new Map<Certificate, PublicationProof>()
  return (issuer: Certificate): PublicationProof => {
    const proof = proofs.get(issuer) ?? checkPublication(certificate, issuer, logs)
    proofs.set(issuer, proof)
    return proof
  }
})

const PUBLICATION_FINDING = {
  "no-timestamp": "a certificate that carries no proof of publication",
  "unknown-log": "a proof by a log that is not in the trust root",
  untimely: "a proof from outside the certificate's validity",
  invalid: "a proof that is not valid",
} as const

function publicationFinding(
  certificate: Certificate,
  issuer: Certificate | undefined,
  instance: TrustedInstance,
): Finding | undefined {
  // An instance without certificate logs, such as GitHub's private one, publishes nothing; the report says so.
  if (
    !instance.logsCertificates &&
    !certificate.extensions.has(EXTENSION.signedCertificateTimestamps)
  ) {
    return undefined
  }
  const proof =
    issuer === undefined
      ? "invalid"
      : publicationProof(certificate, issuer, instance.certificateLogs)
  if (proof === "published") return undefined
  return {
    expected: `publication in a certificate log of ${instance.name}`,
    found: PUBLICATION_FINDING[proof],
  }
}
