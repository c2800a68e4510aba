import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  chooseIdentityProvider,
  chooseServices,
  identityProvidersAt,
} from "../../src/formats/choose-services.ts"
import type { Selector, SigningConfig, SigningService } from "../../src/formats/signing-config.ts"
import { isWithin } from "../../src/core/trust.ts"
import { outcome } from "../support/hostile.ts"

const NOW = Date.UTC(2026, 10, 24)
const DAY = 86_400_000

function service(
  name: string,
  {
    start = -100,
    end,
    version = 1,
    operator = "one",
  }: Partial<Record<"start" | "end" | "version", number>> & { operator?: string } = {},
): SigningService {
  return {
    url: new URL(`https://${name}.example`),
    version,
    validity: { start: NOW + start * DAY, end: end === undefined ? undefined : NOW + end * DAY },
    operator,
  }
}

function config(
  offered: readonly SigningService[],
  logSelector: Selector = { kind: "any" },
): SigningConfig {
  return {
    certificateAuthorities: [service("ca")],
    identityProviders: [service("sign-in")],
    logs: offered,
    logSelector,
    timestampAuthorities: [service("tsa")],
    timestampSelector: { kind: "any" },
  }
}

function logs(services: readonly SigningService[], selector?: Selector, logVersion: 1 | 2 = 1) {
  const chosen = outcome(() => chooseServices(config(services, selector), { now: NOW, logVersion }))
  return typeof chosen === "string" ? chosen : chosen.logs.map(({ hostname }) => hostname).join()
}

test("one that is not in service yet, or any more, is not chosen", () => {
  const future = service("future", { start: 1 })
  const past = service("past", { start: -200, end: -1 })
  expect(logs([future, past, service("log")])).toBe("log.example")
  expect(logs([future, past])).toBe("ERR_CONFIG")
})

test("both ends of a window are within it", () => {
  expect(logs([service("starts", { start: 0 })])).toBe("starts.example")
  expect(logs([service("ends", { end: 0 })])).toBe("ends.example")
})

test("the newest start wins, then the first", () => {
  const [old, young, twin] = [
    service("old"),
    service("young", { start: -1 }),
    service("twin", { start: -1 }),
  ]
  expect(logs([old, young, twin])).toBe("young.example")
})

test("the version is the one that was asked for, and none instead of it", () => {
  const both = [service("two", { version: 2 }), service("one")]
  expect(logs(both)).toBe("one.example")
  expect(logs(both, undefined, 2)).toBe("two.example")
  expect(() =>
    chooseServices(config([service("two", { version: 2 })]), { now: NOW, logVersion: 1 }),
  ).toThrow(
    "the signing config names no transparency log with API version 1 that is in service on 2026-11-24; it names some with version 2",
  )
})

describe("selectors", () => {
  const three = [
    service("a", { start: -3 }),
    service("b", { start: -2, operator: "two" }),
    service("a-again", { start: -1 }),
  ]
  test("all is one for each operator", () => {
    expect(logs(three, { kind: "all" })).toBe("a-again.example,b.example")
  })
  test("exactly so many, or none at all", () => {
    expect(logs(three, { kind: "exact", count: 2 })).toBe("a-again.example,b.example")
    expect(logs(three, { kind: "exact", count: 1 })).toBe("a-again.example")
    expect(logs(three, { kind: "exact", count: 3 })).toBe("ERR_CONFIG")
    expect(() =>
      chooseServices(config(three, { kind: "exact", count: 3 }), { now: NOW, logVersion: 1 }),
    ).toThrow(
      "asks for 3 times a transparency log with API version 1, and names 2 that is in service",
    )
  })
  test("all of none is none", () => {
    expect(logs([], { kind: "all" })).toBe("ERR_CONFIG")
  })
})

test("a timestamp authority goes with Rekor v2, and with it alone", () => {
  const both = config([service("two", { version: 2 }), service("one")])
  expect(chooseServices(both, { now: NOW, logVersion: 1 })).toEqual({
    certificateAuthority: new URL("https://ca.example"),
    logVersion: 1,
    logs: [new URL("https://one.example")],
    timestampAuthorities: [],
  })
  const { timestampAuthorities } = chooseServices(both, { now: NOW, logVersion: 2 })
  expect(timestampAuthorities).toEqual([new URL("https://tsa.example")])
  const without = { ...both, timestampAuthorities: [] }
  expect(outcome(() => chooseServices(without, { now: NOW, logVersion: 2 }))).toBe("ERR_CONFIG")
})

test("identity providers", () => {
  const several = {
    ...config([]),
    identityProviders: [
      service("old"),
      service("gone", { end: -1 }),
      service("new", { start: -1 }),
    ],
  }
  expect(chooseIdentityProvider(several, NOW)).toEqual(new URL("https://new.example"))
  expect(identityProvidersAt(several, NOW).map(String)).toEqual([
    "https://old.example/",
    "https://new.example/",
  ])
})

test("whatever the config says, what is chosen is in service, of the version, and of distinct operators", () => {
  const services = fc.array(
    fc
      .record({
        start: fc.integer({ min: -5, max: 5 }),
        end: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
        version: fc.constantFrom(1, 2),
        operator: fc.constantFrom("one", "two", "three"),
      })
      .map(({ end, ...rest }) => service("log", end === undefined ? rest : { ...rest, end })),
  )
  const selector = fc.constantFrom<Selector>(
    { kind: "any" },
    { kind: "all" },
    { kind: "exact", count: 2 },
  )
  fc.assert(
    fc.property(services, selector, fc.constantFrom(1, 2), (all, wanted, logVersion) => {
      const numbered = all.map((one, index) => ({
        ...one,
        url: new URL(`https://log${index}.example`),
      }))
      const chosen = outcome(() =>
        chooseServices(config(numbered, wanted), {
          now: NOW,
          logVersion: logVersion === 1 ? 1 : 2,
        }),
      )
      if (typeof chosen === "string") return
      const used = numbered.filter(({ url }) => chosen.logs.includes(url))
      expect(used).toHaveLength(chosen.logs.length)
      expect(used.length).toBeGreaterThan(0)
      expect(
        used.every(({ validity, version }) => isWithin(validity, NOW) && version === logVersion),
      ).toBe(true)
      expect(new Set(used.map(({ operator }) => operator)).size).toBe(used.length)
    }),
  )
})
