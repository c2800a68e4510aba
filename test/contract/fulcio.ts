import { X509Certificate } from "node:crypto"

import { describe, expect, test } from "vitest"

import { extendedKeyUsages } from "../../src/core/certificate.ts"
import { OID } from "../../src/world/crypto/certificate.ts"
import { createKeyPair, type KeyKind } from "../../src/world/crypto/keys.ts"
import { emailClaims, githubClaims, type Claims } from "../../src/world/oidc/claims.ts"
import type { MintOptions } from "../../src/world/oidc/issuer.ts"
import type { ProviderName } from "../../src/world/oidc/providers.ts"
import { describeFulcioIdentities } from "./fulcio-identities.ts"
import {
  ARC,
  certify,
  chainOf,
  credentials,
  leafOf,
  requestJson,
  signingCert,
  signingRequest,
  withProof,
  type FulcioSubject,
} from "./fulcio-support.ts"

const TOKEN_ERROR = "There was an error processing the identity token"
const SIGNATURE_ERROR = "The signature supplied in the request could not be verified"

/** Registers what Fulcio promises. */
export function describeFulcio(name: string, subject: FulcioSubject): void {
  const github = githubClaims()
  describeFulcioIdentities(name, subject)

  describe(`${name}: signing certificates`, () => {
    test.each<KeyKind>(["p256", "p384", "p521", "rsa2048", "ed25519"])(
      "for a key of kind %s, proved by a signature over the subject",
      async (kind) => {
        const key = createKeyPair(kind)
        const token = await subject.mint("github", { ...github })
        const answer = await signingCert(subject, {
          ...credentials(token),
          ...withProof(key, github.sub),
        })
        const chain = chainOf(answer, subject)
        expect(chain).toHaveLength(1 + subject.authorities)
        const certificates = chain.map((pem) => new X509Certificate(pem))
        for (const [index, certificate] of certificates.entries()) {
          const issuer = certificates[index + 1] ?? certificate
          expect(certificate.verify(issuer.publicKey)).toBe(true)
          expect(chain[index]).toMatch(
            /^-----BEGIN CERTIFICATE-----\n[^]*-----END CERTIFICATE-----$/,
          )
        }
        expect(certificates[0]?.publicKey.equals(key.publicKey)).toBe(true)
      },
    )

    test("have Fulcio's profile", async () => {
      const before = Math.floor(Date.now() / 1000) * 1000
      const leaf = leafOf(await certify(subject, "github", { ...github }, github.sub), subject)
      expect(leaf.notAfter - leaf.notBefore).toBe(600_000)
      expect(leaf.notBefore).toBeGreaterThanOrEqual(before - 1_000)
      expect(Buffer.from(leaf.subject).toString("hex")).toBe("3000")
      expect(extendedKeyUsages(leaf)).toEqual([OID.codeSigning])
      const oids = [...leaf.extensions.keys()]
      expect(oids.slice(0, 5)).toEqual([
        OID.keyUsage,
        OID.extendedKeyUsage,
        OID.subjectKeyIdentifier,
        OID.authorityKeyIdentifier,
        OID.subjectAlternativeName,
      ])
      expect(leaf.extensions.get(OID.subjectAlternativeName)?.critical).toBe(true)
      expect(leaf.extensions.has(OID.basicConstraints)).toBe(false)
      const own = oids.filter((oid) => oid.startsWith(`${ARC}.`))
      expect(own).toEqual(
        [1, 2, 3, 4, 5, 6, 8, ...Array.from({ length: 14 }, (_, index) => index + 9), 24].map(
          (number) => `${ARC}.${number}`,
        ),
      )
      const last = subject.hasCtLog ? OID.signedCertificateTimestamps : `${ARC}.24`
      expect(oids.at(-1)).toBe(last)
    })

    test("take the token as a bearer, and the request's own token before it", async () => {
      const proof = withProof(createKeyPair(), github.sub)
      const authorization = `Bearer ${await subject.mint("github", { ...github })}`
      expect((await signingCert(subject, proof, { authorization })).status).toBe(200)
      const both = await signingCert(
        subject,
        { ...credentials("a.b.c"), ...proof },
        { authorization },
      )
      expect([both.status, both.json["message"]]).toEqual([400, TOKEN_ERROR])
    })

    test.each<KeyKind>(["p256", "p384", "rsa2048", "ed25519"])(
      "for a signing request of a %s key",
      async (kind) => {
        const key = createKeyPair(kind)
        const token = await subject.mint("github", { ...github })
        const csr = { certificateSigningRequest: signingRequest(key) }
        const [leaf = ""] = chainOf(
          await signingCert(subject, { ...credentials(token), ...csr }),
          subject,
        )
        expect(new X509Certificate(leaf).publicKey.equals(key.publicKey)).toBe(true)
      },
    )

    test("take protobuf's own names of members, and ignore members they do not know", async () => {
      const token = await subject.mint("github", { ...github })
      const csr = signingRequest(createKeyPair())
      const answer = await signingCert(subject, {
        credentials: { oidc_identity_token: token },
        certificate_signing_request: csr.replaceAll("+", "-").replaceAll("/", "_"),
        another: 1,
      })
      expect(chainOf(answer, subject)).toHaveLength(1 + subject.authorities)
    })

    test("are refused to two keys at once", async () => {
      const key = createKeyPair()
      const token = await subject.mint("github", { ...github })
      const answer = await signingCert(subject, {
        ...credentials(token),
        ...withProof(key, github.sub),
        certificateSigningRequest: signingRequest(key),
      })
      expect([answer.status, answer.json["code"]]).toEqual([400, 3])
    })
  })

  describe(`${name}: refusals`, () => {
    const now = Math.floor(Date.now() / 1000)

    test.each<[string, ProviderName, Claims, Partial<MintOptions>]>([
      ["another audience", "github", { ...github }, { audience: "pypi" }],
      ["an issuer it does not know", "github", { ...github }, { issuer: "https://evil.example" }],
      ["an expired token", "github", { ...github, exp: now - 1 }, {}],
      ["a token of the future", "github", { ...github, nbf: now + 400 }, {}],
      [
        "an address that is not verified",
        "email",
        { ...emailClaims({ email_verified: false }) },
        {},
      ],
      ["no address", "email", { ...emailClaims(), email: "" }, {}],
      ["an address that is none", "email", { ...emailClaims({ email: "nobody" }) }, {}],
    ])("%s", async (_, provider, claims, options) => {
      const token = await subject.mint(provider, claims, options)
      const challenge = String(claims["email"] ?? claims["sub"])
      const answer = await signingCert(subject, {
        ...credentials(token),
        ...withProof(createKeyPair(), challenge),
      })
      expect(answer).toEqual({ status: 400, json: { code: 3, message: TOKEN_ERROR, details: [] } })
    })

    test("a token that was tampered with, one without a signature, none at all", async () => {
      const token = await subject.mint("github", { ...github })
      const [header = "", payload = "", signature = ""] = token.split(".")
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object
      const other = Buffer.from(JSON.stringify({ ...claims, repository: "evil/rocket" }))
      const none = Buffer.from('{"alg":"none"}').toString("base64url")
      for (const bad of [
        [header, other.toString("base64url"), signature].join("."),
        [none, payload, ""].join("."),
        "",
        "x",
        "a.b.c",
      ]) {
        const proof = withProof(createKeyPair(), github.sub)
        const answer = await signingCert(subject, { ...credentials(bad), ...proof })
        expect([answer.status, answer.json["message"]]).toEqual([400, TOKEN_ERROR])
      }
    })

    test("a proof over something else, by another key, or none", async () => {
      const token = await subject.mint("github", { ...github })
      const key = createKeyPair()
      const { publicKeyRequest: mine } = withProof(key, github.sub)
      const { publicKeyRequest: others } = withProof(createKeyPair(), github.sub)
      for (const publicKeyRequest of [
        withProof(key, "repo:evil/rocket:ref:refs/heads/main").publicKeyRequest,
        { ...others, publicKey: Reflect.get(mine, "publicKey") },
        { publicKey: Reflect.get(mine, "publicKey") },
      ]) {
        const answer = await signingCert(subject, { ...credentials(token), publicKeyRequest })
        expect([answer.status, answer.json["message"]]).toEqual([400, SIGNATURE_ERROR])
      }
    })

    test("a person's proof over the subject instead of the address", async () => {
      const claims = emailClaims()
      const answer = await certify(subject, "email", { ...claims }, claims.sub)
      expect([answer.status, answer.json["message"]]).toEqual([400, SIGNATURE_ERROR])
    })

    test("a key that is none, a signing request that is none or was changed", async () => {
      const token = await subject.mint("github", { ...github })
      const csr = Buffer.from(signingRequest(createKeyPair()), "base64").toString()
      const lines = csr.split("\n")
      const body = Buffer.from(lines.slice(1, -2).join(""), "base64")
      body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1
      const changed = [lines[0], body.toString("base64"), lines.at(-2), ""].join("\n")
      const keys: [object, string][] = [
        [{}, "The public key supplied in the request could not be parsed"],
        [
          { publicKeyRequest: { publicKey: { content: "nonsense" }, proofOfPossession: "AAAA" } },
          "The public key supplied in the request could not be parsed",
        ],
        [
          { certificateSigningRequest: Buffer.from("nonsense").toString("base64") },
          "The certificate signing request could not be parsed",
        ],
        [{ certificateSigningRequest: Buffer.from(changed).toString("base64") }, SIGNATURE_ERROR],
      ]
      for (const [key, message] of keys) {
        const answer = await signingCert(subject, { ...credentials(token), ...key })
        expect([answer.status, answer.json["message"]]).toEqual([400, message])
      }
    })

    test("a GitHub token without a claim that a certificate needs", async () => {
      const { job_workflow_sha: _, ...claims } = github
      const answer = await certify(subject, "github", claims, github.sub)
      expect([answer.status, answer.json["code"]]).toEqual([400, 3])
      expect(answer.json["message"]).toContain(
        "value <job_workflow_sha> not present in either claims or defaults",
      )
    })

    test("what is not JSON, what is not there, and other methods", async () => {
      const broken = await signingCert(subject, "{")
      expect([broken.status, broken.json["code"], broken.json["details"]]).toEqual([400, 3, []])
      expect(await requestJson(`${subject.url()}/api/v2/nothing`, "GET")).toEqual({
        status: 404,
        json: { code: 5, message: "Not Found", details: [] },
      })
      expect(await requestJson(`${subject.url()}/api/v2/signingCert`, "PUT", "{}")).toEqual({
        status: 501,
        json: { code: 12, message: "Method Not Allowed", details: [] },
      })
    })
  })

  test(`${name}: the trust bundle has the chain above every leaf`, async () => {
    const chain = chainOf(await certify(subject, "github", { ...github }, github.sub), subject)
    const { json } = await requestJson(`${subject.url()}/api/v2/trustBundle`, "GET")
    const above = chain.slice(1).map((pem) => `${pem}\n`)
    expect(json).toEqual({ chains: [{ certificates: above }] })
  })

  test(`${name}: the configuration names the issuers and what has to be signed`, async () => {
    const { json } = await requestJson(`${subject.url()}/api/v2/configuration`, "GET")
    for (const provider of ["github", "gitlab", "circleci", "email"] as const) {
      expect(json["issuers"]).toContainEqual({
        issuerUrl: subject.issuer(provider),
        audience: "sigstore",
        challengeClaim: provider === "email" ? "email" : "sub",
        spiffeTrustDomain: "",
        issuerType: provider === "email" ? "email" : "ci-provider",
        subjectDomain: "",
        skipEmailVerification: false,
      })
    }
  })
}
