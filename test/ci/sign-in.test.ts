import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { signIn, type SignInEffects } from "../../src/ci/sign-in.ts"
import { listenForRedirect } from "../../src/io/redirect-listener.ts"
import { createHttpClient } from "../../src/io/http.ts"
import { startService, type Service } from "../../src/world/http/service.ts"
import { startLocalWorld, type LocalWorld } from "../../src/world/local-world.ts"
import { LIMITS } from "../support/http.ts"
import { createPlace, type Place, WRITTEN } from "../app/attest/support.ts"

let world: LocalWorld
let place: Place
beforeAll(async () => {
  world = await startLocalWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  place = createPlace(world)
})
afterEach(() => {
  world.services.oidc.faults.clear()
  place.remove()
})

/** A person with a browser, who does what the page says. */
async function browse(address: URL): Promise<string> {
  const page = await fetch(address)
  return page.text()
}

function effects(changes: Partial<SignInEffects> = {}): SignInEffects {
  return {
    http: createHttpClient({ offline: false }),
    limits: LIMITS,
    listen: listenForRedirect,
    show: (address) => void browse(address),
    ...changes,
  }
}

const provider = (): URL => new URL(`${world.urls.oidc}/email`)

test("a person signs in with a browser and attests", async () => {
  const shown: string[] = []
  const pages: Promise<string>[] = []
  const { report, error } = await place.run({
    interactive: true,
    effects: {
      signIn: (url, show) =>
        signIn(
          url,
          effects({
            show: (address) => {
              shown.push(address.pathname)
              show(address)
              pages.push(browse(address))
            },
          }),
        ),
    },
  })
  expect(error).toBeUndefined()
  expect(report).toMatchObject({
    build: { kind: "person", signer: "maintainer@acme.example" },
    level: { level: 1 },
  })
  expect(shown).toEqual(["/email/auth"])
  expect(await Promise.all(pages)).toEqual([expect.stringContaining("You have signed in")])
  expect(place.names()).toEqual(WRITTEN)
  expect(
    await place.verdicts({
      identity: "maintainer@acme.example",
      issuer: "https://accounts.google.com",
    }),
  ).toEqual(["verified", "verified"])
})

describe("a sign-in that fails", () => {
  async function failure(changes: Partial<SignInEffects>, at: URL = provider()): Promise<string> {
    const error: unknown = await signIn(at, effects(changes)).catch((caught: unknown) => caught)
    return error instanceof Error && "code" in error
      ? `${String(error.code)} ${error.message}`
      : `another error: ${String(error)}`
  }

  test("because the browser comes back with somebody else's answer", async () => {
    const show = (address: URL): void => {
      const redirect = new URL(address.searchParams.get("redirect_uri") ?? "")
      redirect.search = "?code=stolen&state=other"
      void fetch(redirect)
    }
    expect(await failure({ show })).toMatch(/^ERR_IDENTITY signing in at .* failed: .*state/)
  })

  test("because the provider says no", async () => {
    const show = (address: URL): void => {
      const redirect = new URL(address.searchParams.get("redirect_uri") ?? "")
      redirect.searchParams.set("error", "access_denied")
      redirect.searchParams.set("state", address.searchParams.get("state") ?? "")
      void fetch(redirect)
    }
    expect(await failure({ show })).toMatch(/^ERR_IDENTITY .* failed: access_denied$/)
  })

  test("because the code is somebody else's", async () => {
    const show = (address: URL): void => {
      // An attacker lets the victim's client exchange a code that belongs to another proof key.
      const stolen = new URL(address)
      stolen.searchParams.set("code_challenge", "x".repeat(43))
      void browse(stolen)
    }
    expect(await failure({ show })).toMatch(/^ERR_IDENTITY .* failed: invalid_grant$/)
  })

  test("because the token is of another sign-in", async () => {
    const show = (address: URL): void => {
      const other = new URL(address)
      other.searchParams.set("nonce", "another")
      void browse(other)
    }
    expect(await failure({ show })).toMatch(/^ERR_IDENTITY signing in at .* failed: .*nonce/)
  })

  test("because nobody is there any more", async () => {
    const stop = new AbortController()
    const show = (): void => stop.abort()
    expect(await failure({ show, limits: { ...LIMITS, signal: stop.signal } })).toBe(
      "ERR_INTERRUPTED interrupted",
    )
  })

  test("because the provider cannot be reached", async () => {
    world.services.oidc.faults.add({ kind: "reset" })
    expect(await failure({})).toMatch(/^ERR_NETWORK 127\.0\.0\.1:\d+ did not answer$/)
  })

  describe("because the provider is not one", () => {
    let service: Service
    afterEach(() => service.close())

    test.each<[string, (origin: string) => object, RegExp]>([
      ["that answers nothing", () => ({}), /failed: /],
      ["that is another", () => ({ issuer: "https://evil.example" }), /failed: /],
      [
        "whose page is no page",
        (origin) => ({
          issuer: origin,
          authorization_endpoint: "file:///etc/passwd",
          token_endpoint: `${origin}/token`,
        }),
        /names no https address to sign in at/,
      ],
      [
        "whose page is not safe",
        (origin) => ({
          issuer: origin,
          authorization_endpoint: "http://evil.example/auth",
          token_endpoint: `${origin}/token`,
        }),
        /names no https address to sign in at/,
      ],
    ])("%s", async (_name, discovery, message) => {
      service = await startService(({ url }) => Response.json(discovery(new URL(url).origin)))
      const shown: URL[] = []
      const text = await failure({ show: (address) => shown.push(address) }, new URL(service.url))
      expect(text).toMatch(/^ERR_IDENTITY /)
      expect(text).toMatch(message)
      expect(shown).toEqual([])
    })
  })
})

describe("the port that a browser comes back to", () => {
  test("answers for that and nothing else", async () => {
    const listener = await listenForRedirect(LIMITS.signal)
    const { address } = listener
    expect(address.hostname).toBe("localhost")
    expect((await fetch(new URL("/other", address))).status).toBe(404)
    expect((await fetch(address, { method: "POST" })).status).toBe(404)
    const page = await fetch(new URL("?code=<script>", address))
    expect(page.headers.get("referrer-policy")).toBe("no-referrer")
    expect(await page.text()).not.toContain("script")
    expect((await listener.received).searchParams.get("code")).toBe("<script>")
    await listener.close()
    await expect(fetch(address)).rejects.toThrow("fetch failed")
  })
})
