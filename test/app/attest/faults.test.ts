import { createHash } from "node:crypto"

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { isLoopback } from "../../../src/core/address.ts"
import { WheelproofError } from "../../../src/core/errors.ts"
import { createHttpClient, type HttpClient } from "../../../src/io/http.ts"
import { startService, type Service } from "../../../src/world/http/service.ts"
import { startLocalWorld, type LocalWorld } from "../../../src/world/local-world.ts"
import type { ServiceName } from "../../../src/world/services.ts"
import { createKeyPair } from "../../../src/world/crypto/keys.ts"
import { toPem } from "../../../src/world/crypto/pem.ts"
import { createCtLog } from "../../../src/world/sigstore/ct-log.ts"
import { GITHUB_IDENTITY } from "../../../src/world/sigstore/identities.ts"
import { createWorld } from "../../../src/world/world.ts"
import { createPlace, leftNothing, type Place, type RunOptions } from "./support.ts"

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
  for (const { faults } of Object.values(world.services)) faults.clear()
  place.remove()
})

/** Runs, and demands that it fails and leaves nothing: the code and the message. */
async function failing(options: RunOptions = {}): Promise<string> {
  const { error, report } = await place.run({ environment: place.job(), ...options })
  expect(report).toBeUndefined()
  // What broke off keeps its journal for the next run; nothing else is there, and no attestation.
  expect(place.names().filter((name) => !name.startsWith("."))).toEqual([
    "rocket-1.0.0-py3-none-any.whl",
    "rocket-1.0.0.tar.gz",
  ])
  return `${error?.code} ${error?.message}`
}

type FaultKind = "reset" | "truncated" | "empty"

describe.each<[ServiceName, string, 1 | 2]>([
  ["oidc", "/actions/token", 1],
  ["oidc", "/github/.well-known/openid-configuration", 1],
  ["oidc", "/.well-known/jwks", 1],
  ["fulcio", "/api/v2/signingCert", 1],
  ["rekor", "/api/v1/log/entries", 1],
  ["rekorV2", "/api/v2/log/entries", 2],
  ["timestamp", "/api/v1/timestamp", 2],
])("%s at %s", (name, path, logVersion) => {
  const environment = () => place.job()

  test.each([500, 502, 503, 504, 429])(
    "%d for good is undecided, after four attempts",
    async (status) => {
      world.services[name].faults.add({ kind: "status", path, status })
      const { error, waits } = await place.run({
        environment: environment(),
        logVersion,
        concurrency: 1,
      })
      expect(error?.code).toMatch(/^ERR_(?:NETWORK|SIGNING)$/)
      expect(error?.message).toContain(`status ${status}`)
      expect(waits).toEqual([500, 1_000, 2_000])
      expect(place.names().filter((file) => file.includes("attestation"))).toEqual([])
    },
  )

  test("three failures and then an answer are no failure", async () => {
    for (const kind of ["reset", "truncated"] as const) {
      world.services[name].faults.add({ kind, path, times: 1 })
    }
    world.services[name].faults.add({ kind: "status", status: 503, path, times: 1 })
    const { error } = await place.run({ environment: environment(), logVersion, concurrency: 1 })
    expect(error).toBeUndefined()
    expect(await place.verdicts()).toEqual(["verified", "verified"])
  })

  test.each<FaultKind>(["reset", "truncated", "empty"])(
    "%s for good is undecided",
    async (kind) => {
      world.services[name].faults.add({ kind, path })
      expect(await failing({ logVersion, concurrency: 1 })).toMatch(/^ERR_(?:NETWORK|SIGNING) /)
    },
  )

  test("no answer in time is undecided", async () => {
    world.services[name].faults.add({ kind: "stalled", path })
    // Rekor v2 gets its twenty seconds from the client whatever is asked for; they are not waited for here.
    if (name === "rekorV2") return
    expect(await failing({ logVersion, timeoutMs: 150, concurrency: 1 })).toMatch(
      /^ERR_NETWORK 127\.0\.0\.1:\d+ did not answer within 0\.15 s$/,
    )
  })

  test("a redirect is not followed", async () => {
    const headers = { location: "https://evil.example/" }
    world.services[name].faults.add({ kind: "status", status: 302, headers, path })
    expect(await failing({ logVersion, concurrency: 1 })).toMatch(
      /^ERR_NETWORK .* sends on to evil\.example, which is not followed$/,
    )
  })
})

describe("a service that refuses", () => {
  test.each<[ServiceName, string, 1 | 2, string]>([
    ["fulcio", "/api/v2/signingCert", 1, "the certificate authority"],
    ["rekor", "/api/v1/log/entries", 1, "the transparency log"],
    ["rekorV2", "/api/v2/log/entries", 2, "the transparency log"],
    ["timestamp", "/api/v1/timestamp", 2, "the timestamp authority"],
  ])("%s says why", async (name, path, logVersion, what) => {
    const body = JSON.stringify({ code: 3, message: "because" })
    world.services[name].faults.add({ kind: "status", status: 400, body, path })
    const { host } = new URL(world.urls[name])
    expect(await failing({ logVersion })).toBe(
      `ERR_SIGNING ${what} at ${host} answered with status 400: because`,
    )
  })

  test("what it says is not taken for more than a sentence", async () => {
    const body = JSON.stringify({ message: "x".repeat(1_000) })
    world.services.fulcio.faults.add({ kind: "status", status: 400, body })
    expect(await failing()).toHaveLength(
      `ERR_SIGNING the certificate authority at 127.0.0.1:${new URL(world.urls.fulcio).port} answered with status 400: `
        .length + 300,
    )
  })
})

test("an entry whose answer was lost is there already, and is taken", async () => {
  const { rekor } = world.services
  const before = world.sigstore.rekor.size()
  // The log takes it in, and the connection ends before anybody hears of it.
  rekor.faults.add({ kind: "truncated", path: "/api/v1/log/entries", times: 3 })
  const { error } = await place.run({ environment: place.job(), concurrency: 1 })
  expect(error).toBeUndefined()
  expect(world.sigstore.rekor.size() - before).toBe(5)
  expect(await place.verdicts()).toEqual(["verified", "verified"])
  expect(rekor.requests.some((request) => request.endsWith("/entries/retrieve"))).toBe(true)
})

test("a log that has an entry and does not give it gets another signature", async () => {
  const conflict = { kind: "status", status: 409, path: "/api/v1/log/entries" } as const
  world.services.rekor.faults.add({ ...conflict, times: 1 })
  const { error } = await place.run({ environment: place.job(), concurrency: 1 })
  expect(error).toBeUndefined()
  expect(await place.verdicts()).toEqual(["verified", "verified"])
})

test("but not a third", async () => {
  world.services.rekor.faults.add({ kind: "status", status: 409, path: "/api/v1/log/entries" })
  expect(await failing({ concurrency: 1 })).toBe(
    "ERR_SIGNING the transparency log says that it has a signature which was only just made",
  )
})

/** A service that passes everything on and changes the answers. */
async function between(
  name: ServiceName,
  change: (answer: Response, request: Request) => Response | Promise<Response>,
): Promise<Service> {
  return startService(async (request) => {
    const { pathname, search } = new URL(request.url)
    const body = request.method === "GET" ? undefined : Buffer.from(await request.arrayBuffer())
    const copy = new Request(request.url, {
      method: request.method,
      ...(body === undefined ? {} : { body }),
    })
    const answer = await fetch(`${world.urls[name]}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      ...(body === undefined ? {} : { body }),
    })
    return change(answer, copy)
  })
}

interface EntryJson {
  body: string
  integratedTime: number
  logID: string
  logIndex: number
  verification: {
    signedEntryTimestamp?: string
    inclusionProof: {
      checkpoint: string
      hashes: string[]
      logIndex: number
      rootHash: string
      treeSize: number
    }
  }
}

function leafHash(body: string): string {
  return createHash("sha256").update(Buffer.of(0)).update(Buffer.from(body, "base64")).digest("hex")
}

describe("a Rekor v1 that lies", () => {
  /** The run against a log that changes its own true answers. */
  async function against(lie: (entry: EntryJson) => void): Promise<string> {
    const service = await between("rekor", async (answer) => {
      const entries = (await answer.json()) as Record<string, EntryJson>
      const changed = Object.entries(entries).map(([uuid, entry]) => {
        lie(entry)
        return [`${uuid.slice(0, 16)}${leafHash(entry.body)}`, entry]
      })
      return Response.json(Object.fromEntries(changed), { status: answer.status })
    })
    try {
      return await failing({
        config: (config) => {
          for (const log of config.rekorTlogUrls) log.url = service.url
        },
      })
    } finally {
      await service.close()
    }
  }

  test.each<[string, (entry: EntryJson) => void, string]>([
    ["about the time", (entry) => (entry.integratedTime -= 60), "log-promise"],
    ["about the index", (entry) => (entry.logIndex += 1), "log-promise"],
    [
      "with another promise",
      ({ verification }) => {
        verification.signedEntryTimestamp = Buffer.from("promise").toString("base64")
      },
      "log-promise",
    ],
    [
      "without a promise, so that no time is proved",
      ({ verification }) => {
        delete verification.signedEntryTimestamp
      },
      "time-present",
    ],
    ["about who it is", (entry) => (entry.logID = "0".repeat(64)), "log-known"],
    [
      "about what was logged",
      (entry) => {
        const body = JSON.parse(Buffer.from(entry.body, "base64").toString()) as {
          spec: { payloadHash: { value: string } }
        }
        body.spec.payloadHash.value = "0".repeat(64)
        entry.body = Buffer.from(JSON.stringify(body)).toString("base64")
      },
      "log-promise",
    ],
    [
      "with a proof for another tree",
      ({ verification: { inclusionProof } }) => {
        inclusionProof.hashes = inclusionProof.hashes.map(() => "ab".repeat(32))
        inclusionProof.hashes.push("cd".repeat(32))
      },
      "log-inclusion",
    ],
    [
      "with a checkpoint that another signed",
      ({ verification: { inclusionProof } }) => {
        const other = createWorld({ now: Date.now() })
        const text = inclusionProof.checkpoint.split("\n\n")[0] ?? ""
        const foreign = other.rekor.checkpoint().split("\n\n")[1] ?? ""
        inclusionProof.checkpoint = `${text}\n\n${foreign}`
      },
      "log-checkpoint",
    ],
    [
      "with a checkpoint of a smaller tree",
      ({ verification: { inclusionProof } }) => {
        inclusionProof.checkpoint = world.sigstore.rekor.checkpoint(1)
      },
      "log-checkpoint",
    ],
  ])("%s", async (_name, lie, check) => {
    const text = await against(lie)
    expect(text).toMatch(/^ERR_SIGNING what the signing services answered does not verify: /)
    expect(text).toContain(`[${check}]`)
  })

  test("with an entry that is not the one it names", async () => {
    const service = await between("rekor", async (answer) => {
      const entries = Object.entries((await answer.json()) as object)
      return Response.json(
        Object.fromEntries(entries.map(([, entry]) => ["0".repeat(64), entry])),
        { status: answer.status },
      )
    })
    const text = await failing({
      config: (config) => {
        for (const log of config.rekorTlogUrls) log.url = service.url
      },
    })
    await service.close()
    expect(text).toContain("gave an answer that cannot be read")
  })
})

describe("a Fulcio that lies", () => {
  const now = Date.now()
  const other = createWorld({ now })

  interface CertificateAnswer {
    readonly certificate: (publicKeyPem: string) => Promise<Uint8Array> | Uint8Array
  }

  async function against({ certificate }: CertificateAnswer): Promise<string> {
    const service = await startService(async (request) => {
      const { publicKeyRequest } = (await request.json()) as {
        publicKeyRequest: { publicKey: { content: string } }
      }
      const der = await certificate(publicKeyRequest.publicKey.content)
      const certificates = [toPem("CERTIFICATE", der)]
      return Response.json({ signedCertificateEmbeddedSct: { chain: { certificates } } })
    })
    try {
      return await failing({
        config: (config) => {
          for (const authority of config.caUrls) authority.url = service.url
        },
      })
    } finally {
      await service.close()
    }
  }

  const ours = async (pem: string) => (await import("node:crypto")).createPublicKey(pem)
  const identity = {
    ...GITHUB_IDENTITY,
    runUri: `${GITHUB_IDENTITY.sourceRepository}/actions/runs/10818226125/attempts/1`,
  }

  test("a certificate that has run out", async () => {
    const before = world.services.rekor.requests.length
    const text = await against({
      certificate: async (pem) =>
        world.sigstore.certificateAuthority.issue({
          publicKey: await ours(pem),
          identity,
          notBefore: now - 3_600_000,
        }),
    })
    // This machine's clock may be wrong; the log's time decides.
    expect(text).toContain("[certificate-time]")
    expect(world.services.rekor.requests.length).toBeGreaterThan(before)
  })

  test.each<[string, (pem: string) => Promise<Uint8Array>, string]>([
    [
      "a certificate for another key",
      async () =>
        world.sigstore.certificateAuthority.issue({
          publicKey: createKeyPair().publicKey,
          identity,
        }),
      "found one for another key",
    ],
    [
      "one of another authority",
      async (pem) => other.certificateAuthority.issue({ publicKey: await ours(pem), identity }),
      "[certificate-chain]",
    ],
    [
      "one in another's name",
      async (pem) =>
        world.sigstore.certificateAuthority.issue({
          publicKey: await ours(pem),
          identity: {
            ...identity,
            san: { kind: "uri", value: "https://github.com/evil/x/y.yml@refs/heads/main" },
          },
          notBefore: now,
        }),
      "[expect-identity]",
    ],
    [
      "one of another commit",
      async (pem) =>
        world.sigstore.certificateAuthority.issue({
          publicKey: await ours(pem),
          identity: { ...identity, sourceCommit: "0".repeat(40) },
          notBefore: now,
        }),
      "[expect-commit]",
    ],
    [
      "one that was not published",
      async (pem) =>
        world.sigstore.certificateAuthority.issue({
          publicKey: await ours(pem),
          identity,
          notBefore: now,
          timestamps: [],
        }),
      "[certificate-transparency]",
    ],
    [
      "one that another log published",
      async (pem) =>
        world.sigstore.certificateAuthority.issue({
          publicKey: await ours(pem),
          identity,
          notBefore: now,
          timestamps: [{ log: createCtLog() }],
        }),
      "[certificate-transparency]",
    ],
    [
      "one for something else than code",
      async (pem) =>
        world.sigstore.certificateAuthority.issue({
          publicKey: await ours(pem),
          identity,
          notBefore: now,
          extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"],
        }),
      "[certificate-usage]",
    ],
    [
      "no certificate at all",
      async () => Promise.resolve(Buffer.from("certificate")),
      "cannot be read",
    ],
  ])("%s", async (_name, certificate, message) => {
    const before = world.services.rekor.requests.length
    const text = await against({ certificate })
    expect(text).toMatch(/^ERR_SIGNING the certificate/)
    expect(text).toContain(message)
    // The log never hears of it.
    expect(world.services.rekor.requests.length).toBe(before)
    expect(leftNothing(place)).toBe(true)
  })

  test.each<[string, object, string]>([
    [
      "a proof of publication beside the certificate",
      { signedCertificateDetachedSct: {} },
      "does not carry its proof",
    ],
    [
      "an empty chain",
      { signedCertificateEmbeddedSct: { chain: { certificates: [] } } },
      "there is no certificate",
    ],
    ["nothing", {}, "signedCertificateEmbeddedSct is missing"],
  ])("%s", async (_name, answer, message) => {
    const service = await startService(() => Response.json(answer))
    const text = await failing({
      config: (config) => {
        for (const authority of config.caUrls) authority.url = service.url
      },
    })
    await service.close()
    expect(text).toContain(message)
  })
})

describe("a timestamp authority that lies", () => {
  const other = createWorld({ now: Date.now() })
  async function against(stamp: (query: Uint8Array) => Uint8Array): Promise<string> {
    const service = await startService(async (request) => {
      const query = new Uint8Array(await request.arrayBuffer())
      return new Response(Buffer.from(stamp(query)), {
        headers: { "content-type": "application/timestamp-reply" },
      })
    })
    try {
      return await failing({
        logVersion: 2,
        config: (config) => {
          for (const authority of config.tsaUrls) authority.url = `${service.url}/api/v1/timestamp`
        },
      })
    } finally {
      await service.close()
    }
  }

  test.each<[string, () => Uint8Array]>([
    ["over other bytes", () => world.sigstore.timestampAuthority.stamp(Buffer.from("other bytes"))],
    ["signed by another", () => other.timestampAuthority.stamp(Buffer.from("other bytes"))],
    ["that is no timestamp", () => Buffer.from("now")],
  ])("%s", async (_name, stamp) => {
    const text = await against(stamp)
    expect(text).toMatch(/^ERR_SIGNING what the signing services answered does not verify: /)
  })
})

describe("a Rekor v2 that lies", () => {
  test.each<[string, (entry: Record<string, unknown>) => void, string]>([
    ["about the index", (entry) => (entry["logIndex"] = "999"), "log-inclusion"],
    [
      "about what was logged",
      (entry) => {
        const body = Buffer.from(String(entry["canonicalizedBody"]), "base64").toString()
        entry["canonicalizedBody"] = Buffer.from(body.replace("SHA2_256", "SHA2_512")).toString(
          "base64",
        )
      },
      "log-entry-body",
    ],
    ["without a proof", (entry) => delete entry["inclusionProof"], "log-inclusion"],
  ])("%s", async (_name, lie, check) => {
    const service = await between("rekorV2", async (answer) => {
      const entry = (await answer.json()) as Record<string, unknown>
      lie(entry)
      return Response.json(entry, { status: answer.status })
    })
    const text = await failing({
      logVersion: 2,
      config: (config) => {
        for (const log of config.rekorTlogUrls) log.url = service.url
      },
    })
    await service.close()
    expect(text).toContain(`[${check}]`)
  })
})

describe("an identity that does not hold", () => {
  test("a runner that gives a token for another audience", async () => {
    const service = await startService(async () =>
      Response.json({ value: await world.mint("github", undefined, { audience: "pypi" }) }),
    )
    const environment = {
      ...place.job(),
      ACTIONS_ID_TOKEN_REQUEST_URL: `${service.url}/token?api-version=2.0`,
    }
    expect(await failing({ environment })).toBe(
      'ERR_IDENTITY the identity token is for the audience "pypi", not for "sigstore"',
    )
    await service.close()
  })

  test("a token that is not of this run", async () => {
    const environment = { ...place.job(), GITHUB_SHA: "0".repeat(40) }
    expect(await failing({ environment })).toContain("ERR_IDENTITY GITHUB_SHA is 000")
    expect(leftNothing(place)).toBe(true)
  })

  test("GitHub's name without GitHub's keys: they are asked for at GitHub, and nowhere else", async () => {
    const real = createHttpClient({ offline: false })
    const http: HttpClient = {
      send(url, request) {
        if (isLoopback(url)) return real.send(url, request)
        throw new WheelproofError("ERR_NETWORK", `${url.href} was asked`)
      },
    }
    expect(await failing({ issuers: [], effects: { http } })).toBe(
      "ERR_NETWORK https://token.actions.githubusercontent.com/.well-known/openid-configuration was asked",
    )
  })

  test("an issuer on this machine that nobody configured", async () => {
    const issuer = `${world.urls.oidc}/github`
    const SIGSTORE_ID_TOKEN = await world.mint("github", undefined, { issuer })
    expect(await failing({ issuers: [], environment: { SIGSTORE_ID_TOKEN } })).toContain(
      "which is not an issuer that is accepted",
    )
  })
})
