import { existsSync, readFileSync } from "node:fs"

import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import { parseSigningConfig } from "../../src/formats/signing-config.ts"
import { chooseServices, type LogVersion } from "../../src/formats/choose-services.ts"
import { hostileBytes, outcome } from "../support/hostile.ts"

const SERVICE = {
  url: "https://log.example",
  majorApiVersion: 1,
  validFor: { start: "2024-01-01T00:00:00Z" },
  operator: "example",
}
const CONFIG = {
  mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
  caUrls: [{ ...SERVICE, url: "https://ca.example" }],
  oidcUrls: [{ ...SERVICE, url: "https://sign-in.example/auth" }],
  rekorTlogUrls: [
    { ...SERVICE, url: "https://log2.example", majorApiVersion: 2 },
    { ...SERVICE, validFor: { start: "2021-01-12T11:53:27.000Z", end: "2030-01-01T00:00:00Z" } },
  ],
  rekorTlogConfig: { selector: "EXACT", count: 1 },
  tsaUrls: [{ ...SERVICE, url: "https://tsa.example/api/v1/timestamp" }],
  tsaConfig: { selector: "ALL" },
}

function bytes(config: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(config))
}

function parse(config: unknown) {
  return parseSigningConfig(bytes(config), "config.json")
}

test("every service with its version, window and operator", () => {
  const { logs, logSelector, timestampSelector, ...others } = parse(CONFIG)
  expect(logs).toEqual([
    {
      url: new URL("https://log2.example"),
      version: 2,
      validity: { start: Date.UTC(2024, 0, 1), end: undefined },
      operator: "example",
    },
    {
      url: new URL("https://log.example"),
      version: 1,
      validity: { start: Date.UTC(2021, 0, 12, 11, 53, 27), end: Date.UTC(2030, 0, 1) },
      operator: "example",
    },
  ])
  expect({ logSelector, timestampSelector }).toEqual({
    logSelector: { kind: "exact", count: 1 },
    timestampSelector: { kind: "all" },
  })
  expect(others.certificateAuthorities[0]?.url.href).toBe("https://ca.example/")
  expect(others.identityProviders[0]?.url.href).toBe("https://sign-in.example/auth")
  expect(others.timestampAuthorities).toHaveLength(1)
})

test("a selector that is absent is any, and services that are absent are none", () => {
  const { mediaType } = CONFIG
  expect(parse({ mediaType })).toEqual({
    certificateAuthorities: [],
    identityProviders: [],
    logs: [],
    logSelector: { kind: "any" },
    timestampAuthorities: [],
    timestampSelector: { kind: "any" },
  })
})

test("plain HTTP is taken for this machine alone", () => {
  const at = (url: string) => parse({ ...CONFIG, caUrls: [{ ...SERVICE, url }] })
  expect(at("http://127.0.0.1:4000").certificateAuthorities[0]?.url.port).toBe("4000")
  expect(() => at("http://ca.example")).toThrow("caUrls[0].url is not an https address")
})

describe("what is not a signing config", () => {
  const service = (change: object) => ({ ...CONFIG, rekorTlogUrls: [{ ...SERVICE, ...change }] })
  test.each<[string, unknown, string]>([
    ["another version", { ...CONFIG, mediaType: "x" }, "unknown signing config media type"],
    ["no media type", { caUrls: [] }, "mediaType is missing"],
    ["no start", service({ validFor: {} }), "start is missing"],
    ["no window", service({ validFor: undefined }), "validFor is missing"],
    ["no day", service({ validFor: { start: "2024-02-30T00:00:00Z" } }), "2024-02-30"],
    ["no time", service({ validFor: { start: "yesterday" } }), "yesterday"],
    ["no address", service({ url: "log" }), "url is not an https address"],
    ["no version", service({ majorApiVersion: -1 }), "majorApiVersion is not"],
    ["no selector", { ...CONFIG, tsaConfig: {} }, "selector is missing"],
    ["another selector", { ...CONFIG, tsaConfig: { selector: "SOME" } }, "selector is"],
    [
      "exactly none",
      { ...CONFIG, tsaConfig: { selector: "EXACT", count: 0 } },
      "tsaConfig.count is 0",
    ],
    [
      "too many services",
      { ...CONFIG, caUrls: Array.from({ length: 65 }, () => SERVICE) },
      "over 64",
    ],
  ])("%s", (_name, config, message) => {
    expect(() => parse(config)).toThrow(message)
    expect(outcome(() => parse(config))).toBe("ERR_CONFIG")
  })

  test("too long a text", () => {
    const long = { ...CONFIG, padding: "x".repeat(1_048_576) }
    expect(outcome(() => parse(long))).toBe("ERR_CONFIG")
  })
})

test("any bytes end in a value or ERR_CONFIG", () => {
  fc.assert(
    fc.property(hostileBytes(bytes(CONFIG)), (config) => {
      const parsed = outcome(() => parseSigningConfig(config, "config"))
      expect(typeof parsed === "string" ? parsed : "ERR_CONFIG").toBe("ERR_CONFIG")
    }),
  )
})

test("an error of the program stays what it is", () => {
  const broken = new Proxy(new Uint8Array(), {
    get: () => {
      throw new TypeError("fault")
    },
  })
  expect(() => parseSigningConfig(broken, "config")).toThrow(TypeError)
})

const REAL = "../shared/data/pypi/trust"

describe.skipIf(!existsSync(REAL))("the real ones", () => {
  test.each<[string, LogVersion, string | undefined]>([
    ["production.signing_config.v0.2.json", 1, "https://rekor.sigstore.dev/"],
    ["production.signing_config.v0.2.json", 2, undefined],
    ["production.signing_config_rekor_v2.v0.2.json", 2, "https://log2025-1.rekor.sigstore.dev/"],
    ["staging.signing_config.v0.2.json", 2, "https://log2025-alpha3.rekor.sigstage.dev/"],
  ])("%s, Rekor v%d", (file, logVersion, log) => {
    const config = parseSigningConfig(readFileSync(`${REAL}/${file}`), file)
    const chosen = outcome(() =>
      chooseServices(config, { now: Date.UTC(2026, 10, 24), logVersion }),
    )
    expect(typeof chosen === "string" ? undefined : chosen.logs.map(String).join()).toBe(log)
  })
})
