import { expect } from "vitest"

import { parseCertificate, type Certificate } from "../../src/core/certificate.ts"
import { readDer } from "../../src/core/der.ts"
import { parsePem } from "../../src/core/keys.ts"
import { distinguishedName } from "../../src/world/crypto/certificate.ts"
import { bitString, integer, sequence, tagged } from "../../src/world/crypto/der.ts"
import {
  createKeyPair,
  sign,
  signatureAlgorithm,
  subjectPublicKeyInfo,
  type KeyPair,
} from "../../src/world/crypto/keys.ts"
import { toPem } from "../../src/world/crypto/pem.ts"
import type { Claims } from "../../src/world/oidc/claims.ts"
import type { MintOptions } from "../../src/world/oidc/issuer.ts"
import type { ProviderName } from "../../src/world/oidc/providers.ts"

/** A Fulcio to hold to the contract, and an issuer of tokens that it trusts. */
export interface FulcioSubject {
  readonly url: () => string
  readonly mint: (
    provider: ProviderName,
    claims: Claims,
    options?: Partial<MintOptions>,
  ) => Promise<string>
  /** The issuer that the subject knows a provider by. */
  readonly issuer: (provider: ProviderName) => string
  /** Whether it embeds promises of a CT log; one without a log hands out certificates without. */
  readonly hasCtLog: boolean
  /** Certificates above the leaf. */
  readonly authorities: number
}

/** An answer in JSON. */
export interface JsonAnswer {
  readonly status: number
  readonly json: Record<string, unknown>
}

/** The arc of Fulcio's extensions. */
export const ARC = "1.3.6.1.4.1.57264.1"

/** Sends JSON, or a text that is none, and expects JSON back. */
export async function requestJson(
  url: string,
  method: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: text }),
  })
  expect(response.headers.get("content-type")).toBe("application/json")
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

/** Asks for a certificate. */
export async function signingCert(
  { url }: FulcioSubject,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
): Promise<JsonAnswer> {
  return await requestJson(`${url()}/api/v2/signingCert`, "POST", body, headers)
}

/** Asks for a certificate for a fresh key and a token with these claims. */
export async function certify(
  subject: FulcioSubject,
  provider: ProviderName,
  claims: Claims,
  challenge: string,
): Promise<JsonAnswer> {
  const token = await subject.mint(provider, claims)
  const proof = withProof(createKeyPair(), challenge)
  return await signingCert(subject, { ...credentials(token), ...proof })
}

/** The member of a request that carries the token. */
export function credentials(token: string): object {
  return { credentials: { oidcIdentityToken: token } }
}

/** The member of a request that carries a key with its proof of possession. */
export function withProof(key: KeyPair, challenge: string): { readonly publicKeyRequest: object } {
  return {
    publicKeyRequest: {
      publicKey: {
        algorithm: "ECDSA",
        content: toPem("PUBLIC KEY", subjectPublicKeyInfo(key.publicKey)),
      },
      proofOfPossession: sign(key, Buffer.from(challenge)).toString("base64"),
    },
  }
}

/** A PKCS #10 request in PEM, base64, as clients send it. */
export function signingRequest(key: KeyPair): string {
  const attributes = tagged(0xa0)
  const spki = subjectPublicKeyInfo(key.publicKey)
  const info = sequence(integer(0), distinguishedName(), spki, attributes)
  const der = sequence(info, signatureAlgorithm(key), bitString(sign(key, info)))
  const base64 = Buffer.from(der).toString("base64").replaceAll(/.{64}/g, "$&\n")
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`
  return Buffer.from(pem).toString("base64")
}

/** The chain of an answer that has to be a success. */
export function chainOf({ status, json }: JsonAnswer, { hasCtLog }: FulcioSubject): string[] {
  const member = hasCtLog ? "signedCertificateEmbeddedSct" : "signedCertificateDetachedSct"
  expect({ status, json }).toMatchObject({ status: 200, json: { [member]: {} } })
  const { chain } = json[member] as { chain: { certificates: string[] } }
  return chain.certificates
}

/** The leaf of an answer that has to be a success. */
export function leafOf(answer: JsonAnswer, subject: FulcioSubject): Certificate {
  const [leaf = ""] = chainOf(answer, subject)
  return parseCertificate(parsePem(leaf, "CERTIFICATE", "leaf"))
}

/** Fulcio's extensions of a certificate: number to text, raw up to 6, and from 8 on a UTF8String. */
export function extensionsOf({ extensions }: Certificate): Record<number, string> {
  const found: Record<number, string> = {}
  for (const [oid, { value, critical }] of extensions) {
    if (!oid.startsWith(`${ARC}.`)) continue
    const number = Number(oid.slice(ARC.length + 1))
    const text = number <= 6 ? { tag: 0x0c, content: value } : readDer(value, oid)
    expect({ oid, critical, tag: text.tag }).toEqual({ oid, critical: false, tag: 0x0c })
    found[number] = Buffer.from(text.content).toString("utf8")
  }
  return found
}
