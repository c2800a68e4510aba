import { generateKeyPairSync, sign } from "node:crypto"

import { instancesFor } from "../../core/authenticate.ts"
import { equalBytes, utf8 } from "../../core/bytes.ts"
import { type Certificate, describeName, parseCertificate } from "../../core/certificate.ts"
import type { Expectation } from "../../core/expectation.ts"
import { compareExpectations } from "../../core/expectations.ts"
import { parseIdentity } from "../../core/fulcio.ts"
import { checkCertificate } from "../../core/signer.ts"
import type { TokenCredentials } from "../../core/token-credentials.ts"
import type { TrustedInstance } from "../../core/trust.ts"
import type { HttpClient, HttpLimits } from "../../io/http.ts"
import { readAnswer, unproven } from "./failures.ts"
import { requestCertificate } from "./fulcio.ts"

/** A key that lives as long as this process, and the certificate that says whose it is. */
export interface Credential {
  readonly certificate: Certificate
  /** ECDSA over SHA-256, DER. */
  readonly sign: (data: Uint8Array) => Uint8Array
}

/** What a credential is made with. */
export interface CredentialOptions {
  readonly authority: URL
  readonly credentials: TokenCredentials
  /** What the certificate has to say. */
  readonly expectation: Expectation
  readonly instances: readonly TrustedInstance[]
  readonly http: HttpClient
  readonly limits: Omit<HttpLimits, "maxBytes">
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Hands out one credential for as long as it is good, then the next. */
export interface CredentialSource {
  current(): Promise<Credential>
  /** How many certificates were issued so far. */
  readonly issued: () => number
}

/** So long before a certificate ends it is not used any more: the log has to take the entry in within its life. */
export const MARGIN_MS = 120_000
const WHAT = "the certificate"

/**
 * A source of credentials: one P-256 key and certificate for everything that is signed within its life. Each certificate is checked before it is
 * used: our key, the trust root's authority, published, and this very identity. Throws `ERR_SIGNING`, `ERR_NETWORK` and what renewing a
 * token throws.
 */
export function createCredentialSource(options: CredentialOptions): CredentialSource {
  let credentials = options.credentials
  let current: { readonly credential: Promise<Credential>; until: number } | undefined
  let issued = 0
  const issue = async (): Promise<Credential> => {
    // A token lives no longer than a certificate does; only the first certificate is asked for with the one at hand.
    if (issued > 0 && credentials.renew !== undefined) credentials = await credentials.renew()
    issued += 1
    return issueCredential({ ...options, credentials })
  }
  return {
    issued: () => issued,
    async current() {
      if (current === undefined || options.now() > current.until) {
        // All that ask meanwhile wait for the same one.
        const next = { credential: issue(), until: Infinity }
        current = next
        const { certificate } = await next.credential
        // Counted from now on by our own clock, which may be off against the authority's.
        next.until = options.now() + (certificate.notAfter - certificate.notBefore) - MARGIN_MS
      }
      return current.credential
    },
  }
}

async function issueCredential(options: CredentialOptions): Promise<Credential> {
  const { authority, credentials, http, limits } = options
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const der = await requestCertificate(
    authority,
    {
      token: credentials.token,
      publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      proof: sign("sha256", utf8(credentials.subject), privateKey),
    },
    http,
    limits,
  )
  const certificate = readAnswer("the certificate authority", authority, () =>
    checkIssued(der, publicKey.export({ type: "spki", format: "der" }), options),
  )
  return { certificate, sign: (data) => sign("sha256", data, privateKey) }
}

/** Parses a certificate that was just issued and checks all that can be checked of it without a signature. */
function checkIssued(
  der: Uint8Array,
  publicKey: Uint8Array,
  { instances, expectation, authority }: CredentialOptions,
): Certificate {
  const certificate = parseCertificate(der, WHAT)
  const origin = authority.host
  if (!equalBytes(certificate.publicKey.spki, publicKey)) {
    throw unproven(WHAT, {
      check: "signature",
      expected: "a certificate for the key of this run",
      found: "one for another key",
    })
  }
  const [instance] = instancesFor(certificate, instances)
  if (instance === undefined) {
    throw unproven(WHAT, {
      check: "certificate-chain",
      expected: `a certificate of ${instances.map(({ name }) => name).join(", ")}`,
      found: `one issued by ${describeName(certificate.issuer)}`,
    })
  }
  // Its own start is a time at which it has to hold, whatever this machine's clock says.
  const times = [{ time: certificate.notBefore }]
  const reason = checkCertificate(certificate, times, instance, origin)
  if (reason !== undefined) throw unproven(WHAT, reason)
  const proven = {
    identity: parseIdentity(certificate),
    claim: undefined,
    predicateType: undefined,
  }
  const [difference] = compareExpectations(proven, expectation, origin).reasons
  if (difference !== undefined) throw unproven(WHAT, difference)
  return certificate
}
