import { describe, expect, test } from "vitest"

import { canonicalJson } from "../../src/world/crypto/canonical-json.ts"
import { createKeyPair, sign } from "../../src/world/crypto/keys.ts"
import { IN_TOTO, preAuthenticationEncoding } from "../../src/world/sigstore/envelope.ts"
import { createSigner, managedSigner, verifierPem } from "../../src/world/sigstore/signer.ts"
import { requestJson } from "./fulcio-support.ts"
import { freshSignature } from "./log-support.ts"
import { describeRekorV1Reading } from "./rekor-v1-reading.ts"
import {
  authority,
  base64,
  dsse,
  ENTRIES,
  freshEnvelope,
  freshHashedRekord,
  hashedRekord,
  rekorV1Client,
  sha256,
  type Entry,
  type RekorV1Subject,
} from "./rekor-v1-support.ts"

const bodyOf = ({ body }: Entry): string => Buffer.from(body, "base64").toString()

/** Registers what Rekor v1 promises. */
export function describeRekorV1(name: string, subject: RekorV1Subject): void {
  const { created, expectProved, get, post } = rekorV1Client(subject)
  describeRekorV1Reading(name, subject)

  describe(`${name}: creating entries`, () => {
    test.each([
      ["p256", "sha256"],
      ["p384", "sha384"],
      ["rsa2048", "sha256"],
    ] as const)("a signature by a key of kind %s over a %s digest", async (kind, algorithm) => {
      const proposal = freshHashedRekord(kind, algorithm)
      const found = await created(proposal)
      await expectProved(found)
      expect(bodyOf(found.entry)).toBe(canonicalJson(proposal))
      expect(Math.abs(found.entry.integratedTime - Date.now() / 1000)).toBeLessThan(60)
    })

    test("an envelope becomes its hashes and its signatures, with the certificate", async () => {
      const signer = createSigner(authority)
      const { text, payload, signatures } = freshEnvelope(signer.key)
      const found = await created(dsse(text, verifierPem(signer)))
      await expectProved(found)
      expect(found.entry.attestation).toBeUndefined()
      expect(bodyOf(found.entry)).toBe(
        canonicalJson({
          apiVersion: "0.0.1",
          kind: "dsse",
          spec: {
            envelopeHash: { algorithm: "sha256", value: sha256(text) },
            payloadHash: { algorithm: "sha256", value: sha256(payload) },
            signatures: [{ signature: signatures[0] ?? "", verifier: base64(verifierPem(signer)) }],
          },
        }),
      )
    })

    test("signatures of an envelope are logged in their own order, each with its key", async () => {
      const keys = [createKeyPair(), createKeyPair()]
      const pems = keys.map((key) => verifierPem(managedSigner(key)))
      const { text, signatures } = freshEnvelope(...keys)
      const found = await created(dsse(text, ...pems.toReversed()))
      const logged = signatures.map((signature, index) => ({
        signature,
        verifier: base64(pems[index] ?? ""),
      }))
      const { spec } = JSON.parse(bodyOf(found.entry)) as { spec: { signatures: unknown } }
      expect(spec.signatures).toEqual(
        logged.toSorted((a, b) => (a.signature < b.signature ? -1 : 1)),
      )
    })

    test("an envelope of kind intoto, whose payload the log keeps", async () => {
      const signer = createSigner(authority)
      const { payload, signatures } = freshEnvelope(signer.key)
      const publicKey = base64(verifierPem(signer))
      const hash = { algorithm: "sha256", value: sha256("what the client hashed") }
      const found = await created({
        apiVersion: "0.0.2",
        kind: "intoto",
        spec: {
          content: {
            envelope: {
              payload: base64(base64(payload)),
              payloadType: IN_TOTO,
              signatures: [{ sig: base64(signatures[0] ?? ""), publicKey }],
            },
            hash,
          },
        },
      })
      await expectProved(found)
      expect(bodyOf(found.entry)).toBe(
        canonicalJson({
          apiVersion: "0.0.2",
          kind: "intoto",
          spec: {
            content: {
              envelope: {
                payloadType: IN_TOTO,
                signatures: [{ publicKey, sig: base64(signatures[0] ?? "") }],
              },
              hash,
              payloadHash: { algorithm: "sha256", value: sha256(payload) },
            },
          },
        }),
      )
    })

    test("the same entry again is a conflict that leads to the one there is", async () => {
      const proposal = freshHashedRekord()
      const { uuid } = await created(proposal)
      const response = await fetch(subject.url() + ENTRIES, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(proposal),
      })
      expect(response.status).toBe(409)
      expect(response.headers.get("location")).toBe(`${ENTRIES}/${uuid}`)
      expect(await response.json()).toEqual({
        code: 409,
        message: `an equivalent entry already exists in the transparency log with UUID ${uuid}`,
      })
    })
  })

  describe(`${name}: refusals`, () => {
    const signed = freshSignature()
    const pem = verifierPem(managedSigner(signed.key))
    const other = verifierPem(managedSigner(createKeyPair()))
    const p384 = createKeyPair("p384")
    const envelope = freshEnvelope(signed.key)

    test.each<[string, unknown, string]>([
      [
        "a signature over something else",
        hashedRekord({ ...signed, digest: freshSignature().digest, pem }),
        "verifying signature",
      ],
      [
        "a signature by another key",
        hashedRekord({ ...signed, pem: other }),
        "verifying signature",
      ],
      [
        "a digest that is too short",
        hashedRekord({ ...signed, digest: Buffer.of(1), pem }),
        "invalid value for hash",
      ],
      [
        "a digest by another hash",
        hashedRekord({ ...signed, pem, algorithm: "sha512" }),
        "invalid value for hash",
      ],
      [
        "a P-384 key with SHA-256",
        freshHashedRekord("p384", "sha256"),
        "entry algorithms are not allowed",
      ],
      ["a key that is none", hashedRekord({ ...signed, pem: "nonsense" }), ""],
      ["an envelope by another key", dsse(envelope.text, other), "could not verify envelope"],
      [
        "an envelope signed with SHA-384",
        dsse(
          JSON.stringify({
            payload: "AAAA",
            payloadType: IN_TOTO,
            signatures: [
              {
                sig: base64(
                  sign(p384, preAuthenticationEncoding(IN_TOTO, Buffer.from("AAAA", "base64"))),
                ),
              },
            ],
          }),
          verifierPem(managedSigner(p384)),
        ),
        "could not verify envelope",
      ],
      [
        "an envelope with a signature too many",
        dsse(freshEnvelope(signed.key, createKeyPair()).text, pem),
        "all signatures must have a key that verifies it",
      ],
      [
        "an envelope with a key too many",
        dsse(envelope.text, other, pem),
        "could not verify envelope",
      ],
      ["an envelope without signatures", dsse(freshEnvelope().text, pem), ""],
      ["an envelope without keys", dsse(envelope.text), ""],
      ["an envelope that is none", dsse("{}", pem), ""],
    ])("%s", async (_, proposal, message) => {
      const { status, json } = await post(ENTRIES, proposal)
      expect({ status, json }).toMatchObject({ status: 400, json: { code: 400 } })
      expect(json["message"]).toContain(message)
      expect(json["message"]).toMatch(/^(?:error processing entry: |parsing proposedEntry body)/)
    })

    test("unknown kinds, no JSON, another content type, another path, another method", async () => {
      const unknown = await post(ENTRIES, { kind: "floppy", apiVersion: "0.0.1", spec: {} })
      expect([unknown.status, unknown.json["code"]]).toEqual([400, 400])
      const broken = await post(ENTRIES, "{")
      expect([broken.status, broken.json["code"]]).toEqual([400, 400])
      const type = { "content-type": "text/plain" }
      const typed = await requestJson(subject.url() + ENTRIES, "POST", "{}", type)
      expect(typed).toEqual({
        status: 415,
        json: {
          code: 415,
          message:
            'unsupported media type "text/plain", only [application/json application/yaml] are allowed',
        },
      })
      expect(await get("/api/v1/nothing")).toEqual({
        status: 404,
        json: { code: 404, message: "path /api/v1/nothing was not found" },
      })
      const put = await requestJson(`${subject.url()}/api/v1/log`, "PUT", {})
      expect(put).toEqual({
        status: 405,
        json: { code: 405, message: "method PUT is not allowed, but [GET] are" },
      })
    })
  })
}
