import { createHash, X509Certificate } from "node:crypto"

import { describe, expect, test } from "vitest"

import { DER, derChildren, readDer, type DerElement } from "../../src/core/der.ts"
import { parseTimestampResponse, type TimestampToken } from "../../src/core/timestamp-token.ts"
import {
  boolean,
  explicit,
  integer,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  type Der,
} from "../../src/world/crypto/der.ts"
import { hasOpenssl, openssl, opensslFile } from "../world/sigstore/openssl.ts"
import { requestJson, type JsonAnswer } from "./fulcio-support.ts"

/** A timestamp authority to hold to the contract. */
export interface TimestampAuthoritySubject {
  readonly url: () => string
  /** Certificates in its chain. */
  readonly certificates: number
}

const POLICY = "1.3.6.1.4.1.57264.2"
const OIDS = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
} as const
type Hash = keyof typeof OIDS

const MESSAGE = Buffer.from("a signature")
const imprintOf = (hash: Hash): Buffer => createHash(hash).update(MESSAGE).digest()

/** A `TimeStampReq` (RFC 3161 §2.4.1). */
function query(options: {
  readonly hash?: Hash
  readonly imprint?: Uint8Array
  readonly version?: number
  readonly parts?: readonly Der[]
}): Der {
  const { hash = "sha256", version = 1, parts = [] } = options
  const algorithm = sequence(objectIdentifier(OIDS[hash]), nullValue())
  const imprint = sequence(algorithm, octetString(options.imprint ?? imprintOf(hash)))
  return sequence(integer(version), imprint, ...parts)
}

const jsonQuery = (members: object): string =>
  JSON.stringify({
    artifactHash: imprintOf("sha256").toString("base64"),
    hashAlgorithm: "sha256",
    ...members,
  })

/** The members of a `TSTInfo` (RFC 3161 §2.4.2). */
function membersOf(info: Uint8Array): readonly DerElement[] {
  return derChildren(readDer(info, "info"), "info")
}

/** The nonce: the integer after the time, whose own form is the shortest. */
function nonceOf({ info }: TimestampToken): bigint | undefined {
  const members = membersOf(info)
  const time = members.findIndex(({ tag }) => tag === DER.generalizedTime)
  const nonce = members.slice(time).find(({ tag }) => tag === DER.integer)
  if (nonce === undefined) return undefined
  const { content } = nonce
  return BigInt.asIntN(content.length * 8, BigInt(`0x${Buffer.from(content).toString("hex")}`))
}

/** Registers what the timestamp authority promises. */
export function describeTimestampAuthority(
  called: string,
  subject: TimestampAuthoritySubject,
): void {
  async function stamped(body: Uint8Array | string, type: string): Promise<Buffer> {
    const response = await fetch(`${subject.url()}/api/v1/timestamp`, {
      method: "POST",
      headers: { "content-type": type },
      body: Buffer.from(body as Uint8Array),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "application/timestamp-reply",
    ])
    return bytes
  }

  async function refused(body: Uint8Array | string, type: string): Promise<JsonAnswer> {
    const response = await fetch(`${subject.url()}/api/v1/timestamp`, {
      method: "POST",
      headers: { "content-type": type },
      body: Buffer.from(body as Uint8Array),
    })
    const json = (await response.json()) as Record<string, unknown>
    return { status: response.status, json }
  }

  const der = async (options: Parameters<typeof query>[0]): Promise<TimestampToken> =>
    parseTimestampResponse(await stamped(query(options), "application/timestamp-query"))

  async function chainOf(): Promise<X509Certificate[]> {
    const response = await fetch(`${subject.url()}/api/v1/timestamp/certchain`)
    expect(response.headers.get("content-type")).toBe("application/pem-certificate-chain")
    const blocks = (await response.text()).match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? []
    return blocks.map((pem) => new X509Certificate(pem))
  }

  describe(`${called}: timestamps`, () => {
    test.each(["sha256", "sha384", "sha512"] as const)("over a %s digest", async (hash) => {
      const before = Math.floor(Date.now() / 1000) * 1000
      const token = await der({ hash })
      expect(token.imprint.hashName).toBe(hash)
      expect(Buffer.from(token.imprint.hash)).toEqual(imprintOf(hash))
      expect(token.time).toBeGreaterThanOrEqual(before)
      expect(token.time % 1000).toBe(0)
      expect(token.signer.certificateHash).toBeDefined()
      // The policy, and an accuracy of one second.
      const hex = Buffer.from(token.info).toString("hex")
      expect(hex).toContain(Buffer.from(objectIdentifier(POLICY)).toString("hex"))
      expect(hex).toContain("3003020101")
    })

    test("have the certificate where it is asked for, and only there", async () => {
      expect((await der({})).certificates).toEqual([])
      const { certificates } = await der({ parts: [boolean(true)] })
      const chain = await chainOf()
      expect(certificates.map((certificate) => Buffer.from(certificate.der))).toEqual([
        Buffer.from(chain[0]?.raw ?? []),
      ])
      expect((await der({ parts: [boolean(false)] })).certificates).toEqual([])
    })

    test("name the certificate's subject as their authority", async () => {
      const { info, certificates } = await der({ parts: [boolean(true)] })
      const named = explicit(0, explicit(4, certificates[0]?.subject ?? Buffer.of()))
      expect(Buffer.from(membersOf(info).at(-1)?.bytes ?? [])).toEqual(Buffer.from(named))
    })

    test("have a serial number each", async () => {
      const tokens = await Promise.all([der({}), der({}), der({})])
      expect(new Set(tokens.map(({ info }) => Buffer.from(info).toString("hex"))).size).toBe(3)
    })

    test.each([0n, 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 64n - 1n, 2n ** 127n + 5n, -7n])(
      "bring the nonce %s back as it was sent",
      async (nonce) => {
        const token = await der({ parts: [integer(nonce)] })
        expect(nonceOf(token)).toBe(nonce)
        const body = JSON.stringify({
          artifactHash: imprintOf("sha256").toString("base64"),
          hashAlgorithm: "sha256",
          certificates: true,
          nonce: 0,
        })
        const reply = await stamped(
          body.replace('"nonce":0', `"nonce":${nonce}`),
          "application/json",
        )
        expect(nonceOf(parseTimestampResponse(reply))).toBe(nonce)
      },
    )

    test("take JSON with any case of the algorithm, and the policy that is the only one", async () => {
      const body = {
        artifactHash: imprintOf("sha384").toString("base64"),
        hashAlgorithm: "SHA384",
        tsaPolicyOID: POLICY,
      }
      const reply = await stamped(JSON.stringify(body), "application/json; charset=utf-8")
      const token = parseTimestampResponse(reply)
      expect(token.imprint.hashName).toBe("sha384")
      expect(token.certificates).toEqual([])
      expect((await der({ parts: [objectIdentifier(POLICY)] })).time).toBeGreaterThan(0)
    })
  })

  test(`${called}: the chain leads from the signer to a root`, async () => {
    const chain = await chainOf()
    expect(chain).toHaveLength(subject.certificates)
    for (const [index, certificate] of chain.entries()) {
      expect(certificate.verify((chain[index + 1] ?? certificate).publicKey)).toBe(true)
    }
    const usage = Buffer.from(chain[0]?.raw ?? []).toString("hex")
    // Extended key usage, critical: time stamping and nothing else.
    expect(usage).toContain("0603551d250101ff040c300a06082b06010505070308")
  })

  test.skipIf(!hasOpenssl)(
    `${called}: openssl asks, and verifies the answer with its nonce`,
    async () => {
      const chain = await chainOf()
      const args = ["ts", "-query", "-data", "message", "-sha256", "-cert"]
      const wanted = opensslFile({ message: MESSAGE }, ...args)
      const reply = await stamped(wanted, "application/timestamp-query")
      const files = {
        "q.tsq": wanted,
        "reply.tsr": reply,
        "root.pem": chain.at(-1)?.toString() ?? "",
        "chain.pem": chain.slice(1, -1).join("\n"),
      }
      const untrusted = chain.length > 2 ? ["-untrusted", "chain.pem"] : []
      const verified = openssl(
        files,
        "ts",
        "-verify",
        "-queryfile",
        "q.tsq",
        "-in",
        "reply.tsr",
        "-CAfile",
        "root.pem",
        ...untrusted,
      )
      expect(verified.output).toContain("Verification: OK")
    },
  )

  describe(`${called}: refusals`, () => {
    const failed = "Error generating timestamp response"
    const length = "Message digest has incorrect length for specified algorithm"

    test.each<[string, Uint8Array | string, string]>([
      ["SHA-1", query({ hash: "sha1" }), "Weak hash algorithm in timestamp request"],
      ["a digest of another length", query({ imprint: Buffer.alloc(20) }), length],
      [
        "another policy",
        query({ parts: [objectIdentifier("1.2.3")] }),
        "unaccepted policy: requested TSA policy is not supported by the TSA",
      ],
      [
        "extensions",
        query({
          parts: [explicit(0, sequence(objectIdentifier("1.2.3"), octetString(Buffer.of(1))))],
        }),
        "unaccepted extension: requested extensions are not supported by the TSA",
      ],
      ["bytes after the request", Buffer.concat([query({}), Buffer.of(0)]), failed],
      ["bytes that are none", Buffer.of(1, 2, 3), failed],
    ])("%s", async (_, body, message) => {
      expect(await refused(body, "application/timestamp-query")).toEqual({
        status: 400,
        json: { code: 400, message },
      })
    })

    test.each<[string, string, string]>([
      [
        "SHA-1 in JSON",
        jsonQuery({ hashAlgorithm: "sha1" }),
        "Weak hash algorithm in timestamp request",
      ],
      ["an unknown algorithm", jsonQuery({ hashAlgorithm: "md5" }), failed],
      ["no digest", jsonQuery({ artifactHash: "" }), length],
      ["base64 that is none", jsonQuery({ artifactHash: "*" }), failed],
      [
        "another policy in JSON",
        jsonQuery({ tsaPolicyOID: "1.2.3" }),
        "unaccepted policy: requested TSA policy is not supported by the TSA",
      ],
      [
        "a nonce that is too long",
        jsonQuery({ nonce: 0 }).replace('"nonce":0', `"nonce":${"1".repeat(1_000)}`),
        "timestamp request is too large",
      ],
      ["no JSON", "{", failed],
    ])("%s", async (_, body, message) => {
      expect(await refused(body, "application/json")).toEqual({
        status: 400,
        json: { code: 400, message },
      })
    })

    test("another content type, another path, another method", async () => {
      const typed = await refused(query({}), "text/plain")
      expect([typed.status, typed.json["code"]]).toEqual([415, 415])
      const nowhere = await requestJson(`${subject.url()}/api/v1/nothing`, "GET")
      expect([nowhere.status, nowhere.json["code"]]).toEqual([404, 404])
      const put = await requestJson(`${subject.url()}/api/v1/timestamp`, "PUT", "{}")
      expect([put.status, put.json["code"]]).toEqual([405, 405])
    })
  })
}
