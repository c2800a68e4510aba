import { existsSync, readdirSync, readFileSync } from "node:fs"

import * as fc from "fast-check"
import { expect, test } from "vitest"

import type { TrustedInstance } from "../../src/core/trust.ts"
import { parseTrustedRoots } from "../../src/formats/trusted-root.ts"
import { createKeyPair, subjectPublicKeyInfo } from "../../src/world/crypto/keys.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW } from "../support/judge.ts"
import { hostileBytes, isTaken, jsonBytes, refusal, withMember } from "./support.ts"

const world = createWorld({ now: NOW })
const root = world.trustedRoot({ certificateAuthority: { end: NOW } })
const YEAR = 365 * 86_400_000

function read(document: unknown): readonly TrustedInstance[] {
  return parseTrustedRoots(jsonBytes(document), "trusted_root.json")
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}

/** All that an instance says, without the functions of its keys. */
function plain(instances: readonly TrustedInstance[]): unknown {
  return instances.map(({ logs, certificateLogs, ...instance }) => ({
    name: instance.name,
    authorities: [...instance.certificateAuthorities, ...instance.timestampAuthorities].map(
      (authority) => ({ ...authority, chain: authority.chain.map(({ der }) => hex(der)) }),
    ),
    logs: [...logs, ...certificateLogs].map((log) => ({
      ...log,
      publicKey: log.publicKey.fingerprint,
    })),
  }))
}

test("a trusted root is read", () => {
  const { certificateAuthority, timestampAuthority, rekor, rekorV2, ctLog } = world
  const [instance, ...others] = read(root)
  expect(others).toEqual([])
  expect(instance?.name).toBe(new URL(certificateAuthority.uri).host)
  expect(instance?.certificateAuthorities).toMatchObject([
    { uri: certificateAuthority.uri, validity: { start: NOW - YEAR, end: NOW } },
  ])
  expect(instance?.certificateAuthorities[0]?.chain.map(({ der }) => Buffer.from(der))).toEqual(
    [certificateAuthority.intermediate, certificateAuthority.root].map((der) => Buffer.from(der)),
  )
  expect(instance?.timestampAuthorities).toMatchObject([
    {
      uri: timestampAuthority.uri,
      name: new URL(timestampAuthority.uri).host,
      validity: { start: NOW - YEAR, end: undefined },
    },
  ])
  expect(instance?.logs.map(({ baseUrl, logId }) => [baseUrl, logId])).toEqual([
    [rekor.baseUrl, hex(rekor.logId)],
    [rekorV2.baseUrl, hex(rekorV2.logId)],
  ])
  expect(instance?.certificateLogs.map(({ logId }) => logId)).toEqual([hex(ctLog.logId)])
})

test("the later media type is known too", () => {
  const mediaType = "application/vnd.dev.sigstore.trustedroot.v0.2+json"
  expect(plain(read({ ...root, mediaType }))).toEqual(plain(read(root)))
})

function nameOf(document: unknown): string | undefined {
  return read(document)[0]?.name
}

test("an authority is called by its host, else by its organization, else by its place", () => {
  const path = ["certificateAuthorities", 0]
  expect(nameOf(withMember(root, [...path, "uri"], "https://ca.acme.example:8443/x/y"))).toBe(
    "ca.acme.example:8443",
  )
  const anonymous = withMember(root, [...path, "uri"], undefined)
  expect(nameOf(anonymous)).toBe(root.certificateAuthorities[0]?.subject.organization)
  expect(nameOf(withMember(anonymous, [...path, "subject"], undefined))).toBe(
    "trusted root.certificateAuthorities[0]",
  )
  const [stamp] = root.timestampAuthorities
  expect(nameOf({ ...root, certificateAuthorities: [] })).toBe(new URL(stamp?.uri ?? "").host)
})

test("an instance may have no parts at all", () => {
  expect(read({ mediaType: root.mediaType })).toEqual([
    {
      name: "an instance without authorities",
      certificateAuthorities: [],
      timestampAuthorities: [],
      logs: [],
      certificateLogs: [],
      logsSignatures: false,
      logsCertificates: false,
    },
  ])
})

test.each([
  ["2021-01-12T11:53:27Z", Date.UTC(2021, 0, 12, 11, 53, 27)],
  ["2021-01-12T11:53:27.123Z", Date.UTC(2021, 0, 12, 11, 53, 27, 123)],
  ["2024-02-29T00:00:00.000000000Z", Date.UTC(2024, 1, 29)],
  ["9999-12-31T23:59:59Z", Date.UTC(9999, 11, 31, 23, 59, 59)],
])("the time %s is read", (start, time) => {
  const path = ["certificateAuthorities", 0, "validFor"]
  const [instance] = read(withMember(root, path, { start, end: start }))
  expect(instance?.certificateAuthorities[0]?.validity).toEqual({ start: time, end: time })
})

test("an authority without certificates is kept for people to see; it vouches for nothing", () => {
  const path = ["certificateAuthorities", 0, "certChain"]
  expect(read(withMember(root, path, {}))[0]?.certificateAuthorities).toMatchObject([{ chain: [] }])
})

test("a log's address may lack", () => {
  expect(read(withMember(root, ["tlogs", 0, "baseUrl"], undefined))[0]?.logs[0]?.baseUrl).toBe("")
})

test("members that a later specification adds are ignored", () => {
  expect(plain(read({ ...root, x: 1 }))).toEqual(plain(read(root)))
})

function withKey(rawBytes: Uint8Array, keyDetails: string | undefined): unknown {
  const key = root.tlogs[0]?.publicKey
  return withMember(root, ["tlogs", 0, "publicKey"], {
    ...key,
    rawBytes: Buffer.from(rawBytes).toString("base64"),
    keyDetails,
  })
}

test("a log's RSA key is read in either form", () => {
  const { publicKey } = createKeyPair("rsa2048")
  const spki = subjectPublicKeyInfo(publicKey)
  const pkcs1 = publicKey.export({ type: "pkcs1", format: "der" })
  const documents = [
    withKey(spki, "PKIX_RSA_PKCS1V15_2048_SHA256"),
    withKey(spki, undefined),
    withKey(pkcs1, "PKCS1_RSA_PKCS1V5"),
  ]
  for (const document of documents) {
    const key = read(document)[0]?.logs[0]?.publicKey
    expect(key?.type).toBe("rsa")
    expect(Buffer.from(key?.spki ?? [])).toEqual(Buffer.from(spki))
  }
})

// SubjectPublicKeyInfo of an Ed448 key: id 1.3.101.113 (RFC 8410 §3).
const ED448 = Buffer.concat([Buffer.from("3043300506032b6571033a00", "hex"), Buffer.alloc(57)])

test("a log with a key of an unknown type is left out, the others stay", () => {
  const [instance] = read(withKey(ED448, "PKIX_ED448"))
  expect(instance?.logs).toHaveLength(1)
  expect(instance?.certificateLogs).toHaveLength(1)
})

test.each([
  ["lines", "\n", ""],
  ["lines with carriage returns", "\r\n", "\r\n"],
  ["blank lines between", "\n\n", "\n"],
])("several instances are read from %s", (_name, separator, last) => {
  const other = createWorld({ now: NOW }).trustedRoot()
  const text = [root, other].map((document) => JSON.stringify(document)).join(separator)
  expect(plain(parseTrustedRoots(Buffer.from(`${text}${last}`), "it"))).toEqual(
    plain([...read(root), ...read(other)]),
  )
})

test("one instance is read from a line, and from indented JSON", () => {
  for (const text of [`${JSON.stringify(root)}\n`, JSON.stringify(root, undefined, 2)]) {
    expect(plain(parseTrustedRoots(Buffer.from(text), "it"))).toEqual(plain(read(root)))
  }
})

const LINE = JSON.stringify({ mediaType: root.mediaType })

function lines(count: number): Buffer {
  return Buffer.from(`${LINE}\n`.repeat(count))
}

test("instances without end are refused", () => {
  expect(parseTrustedRoots(lines(32), "it")).toHaveLength(32)
  for (const count of [33, 34, 35, 100]) {
    expect(refusal(() => parseTrustedRoots(lines(count), "it"))).toEqual({
      code: "ERR_TRUST_ROOT",
      message: "it has over 32 instances",
    })
  }
})

const CA = ["certificateAuthorities", 0]
const LOG = ["tlogs", 0]
const HASH = Buffer.alloc(32).toString("base64")

test.each<[string, readonly (string | number)[], unknown, string]>([
  ["no media type", ["mediaType"], undefined, "trusted root.mediaType is missing"],
  ["an unknown media type", ["mediaType"], "x", 'unknown trusted root media type "x"'],
  ["authorities that are an object", ["certificateAuthorities"], {}, "is not an array"],
  ["an authority that is a text", CA, "x", "certificateAuthorities[0] is not an object"],
  ["an address that is no text", [...CA, "uri"], 5, "uri is not a string"],
  ["no chain", [...CA, "certChain"], undefined, "certChain is missing"],
  ["a chain that is a list", [...CA, "certChain"], [], "certChain is not an object"],
  [
    "a certificate that is none",
    [...CA, "certChain", "certificates", 0, "rawBytes"],
    "AA==",
    "certChain.certificates[0]",
  ],
  [
    "a certificate that is no base64",
    [...CA, "certChain", "certificates", 0, "rawBytes"],
    "*",
    "is not standard base64",
  ],
  ["no validity", [...CA, "validFor"], undefined, "does not say from when on it is valid"],
  ["no start", [...CA, "validFor"], { end: "2030-01-01T00:00:00Z" }, "does not say from when"],
  ["a log without validity", [...LOG, "publicKey", "validFor"], null, "does not say from when on"],
  ["a start that is a number", [...CA, "validFor", "start"], 5, "start is not a string"],
  ["a start of words", [...CA, "validFor", "start"], "yesterday", 'has the time "yesterday"'],
  ["a date alone", [...CA, "validFor", "start"], "2021-01-01", 'has the time "2021-01-01"'],
  [
    "a start in another zone",
    [...CA, "validFor", "start"],
    "2021-01-01T00:00:00+01:00",
    'has the time "2021-01-01T00:00:00+01:00"',
  ],
  [
    "a month that is none",
    [...CA, "validFor", "start"],
    "2021-13-01T00:00:00Z",
    'has the time "2021-13-01T00:00:00Z"',
  ],
  [
    "a day that is none",
    [...CA, "validFor", "start"],
    "2021-02-30T00:00:00Z",
    'has the time "2021-02-30T00:00:00Z"',
  ],
  [
    "an hour that is none",
    [...CA, "validFor", "start"],
    "2021-01-01T24:00:00Z",
    'has the time "2021-01-01T24:00:00Z"',
  ],
  ["an empty end", [...CA, "validFor", "end"], "", 'has the time ""'],
  ["logs that are an object", ["tlogs"], {}, "tlogs is not an array"],
  ["a log that is a text", LOG, "x", "tlogs[0] is not an object"],
  ["a log without key", [...LOG, "publicKey"], undefined, "publicKey is missing"],
  ["a log without id", [...LOG, "logId"], undefined, "logId is missing"],
  ["a log's short id", [...LOG, "logId", "keyId"], "AA==", "a log id is not 32 bytes"],
  ["a log's key that is none", [...LOG, "publicKey", "rawBytes"], HASH, "tlogs[0].publicKey"],
  ["a log's key cut off", [...LOG, "publicKey", "rawBytes"], "MFkw", "tlogs[0].publicKey"],
  ["key details that are no text", [...LOG, "publicKey", "keyDetails"], 5, "keyDetails is not a"],
  ["a log's address that is no text", [...LOG, "baseUrl"], {}, "baseUrl is not a string"],
])("a trusted root with %s is refused", (_name, path, value, message) => {
  expect(refusal(() => read(withMember(root, path, value)))).toEqual({
    code: "ERR_TRUST_ROOT",
    message: expect.stringContaining(message),
  })
})

test.each([
  ["nothing", "", "it is not a usable trusted root: trusted root is not JSON"],
  ["a list", "[]", "trusted root is not an object"],
  ["a member twice", '{"mediaType": 1, "mediaType": 1}', 'the member "mediaType" twice'],
  ["deep nesting", "[".repeat(65), "trusted root is nested too deeply"],
  ["a cut off second line", `${LINE}\n${LINE.slice(0, -1)}`, "trusted root is not JSON"],
  ["a broken second line", `${LINE}\n{"x": }`, "trusted root 2 is not JSON"],
  ["a line that is no object", `${LINE}\nx`, "trusted root is not JSON"],
])("%s is refused", (_name, text, message) => {
  expect(refusal(() => parseTrustedRoots(Buffer.from(text), "it"))).toEqual({
    code: "ERR_TRUST_ROOT",
    message: expect.stringContaining(message),
  })
})

test.each([
  ["bytes that are not UTF-8", Buffer.from([0x22, 0xff]), "trusted root is not UTF-8"],
  ["a document too large", Buffer.alloc(8_388_609, " "), "trusted root is over 8388608 bytes"],
  [
    "too many logs",
    jsonBytes({ ...root, tlogs: Array.from({ length: 65 }, () => root.tlogs[0]) }),
    "trusted root.tlogs has over 64 elements",
  ],
  [
    "too long a chain",
    jsonBytes(
      withMember(
        root,
        [...CA, "certChain", "certificates"],
        Array.from({ length: 11 }, () => ({})),
      ),
    ),
    "certificates has over 10 elements",
  ],
])("%s are refused", (_name, bytes, message) => {
  expect(refusal(() => parseTrustedRoots(bytes, "it"))).toEqual({
    code: "ERR_TRUST_ROOT",
    message: expect.stringContaining(message),
  })
})

test("the cause is kept, and a hint says what a trusted root is", () => {
  expect(() => parseTrustedRoots(Buffer.from("x"), "it")).toThrow(
    expect.objectContaining({
      hint: expect.stringContaining("trusted_root.json"),
      cause: expect.objectContaining({ code: "ERR_INPUT_MALFORMED" }),
    }),
  )
})

test("a mistake of the caller is not taken for a broken root", () => {
  const nothing: unknown = undefined
  expect(() => parseTrustedRoots(nothing as Uint8Array, "it")).toThrow(TypeError)
})

test("any bytes end in instances or ERR_TRUST_ROOT", () => {
  const someLines = fc
    .array(fc.constantFrom(LINE, "{}", "", "x", '{"a": 1}'))
    .map((parts) => Buffer.from(parts.join("\n")))
  fc.assert(
    fc.property(fc.oneof(hostileBytes(root), someLines), (bytes) => {
      const taken = isTaken(() => parseTrustedRoots(bytes, "it"))
      const outcome = taken ? "taken" : refusal(() => parseTrustedRoots(bytes, "it")).code
      expect(["taken", "ERR_TRUST_ROOT"]).toContain(outcome)
    }),
  )
})

const REAL = new URL("../../../shared/data/pypi/trust/", import.meta.url)

test.skipIf(!existsSync(REAL))("real trusted roots are read, alone and together", () => {
  const files = readdirSync(REAL).filter((file) => /root.*\.json$/.test(file))
  const texts = files.map((file) => readFileSync(new URL(file, REAL), "utf8"))
  const singleLines = texts.map((text) => JSON.stringify(JSON.parse(text)))
  const alone = texts.map((text, index) => {
    const [instance] = parseTrustedRoots(Buffer.from(text), files[index] ?? "")
    return instance
  })
  expect(parseTrustedRoots(Buffer.from(singleLines.join("\n")), "both")).toHaveLength(files.length)
  for (const instance of alone) {
    expect(instance?.name).toMatch(/^fulcio\.sig/)
    expect(instance?.logs).not.toEqual([])
    expect(instance?.certificateLogs).not.toEqual([])
  }
  expect(files.length).toBeGreaterThan(0)
})
