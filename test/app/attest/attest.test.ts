import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { createKeyPair } from "../../../src/world/crypto/keys.ts"
import { startLocalWorld, type LocalWorld } from "../../../src/world/local-world.ts"
import type { Claims } from "../../../src/world/oidc/claims.ts"
import type { ProviderName } from "../../../src/world/oidc/providers.ts"
import type { BundleJson } from "../../../src/world/sigstore/wire.ts"
import { verifyIndependently } from "../../world/sigstore/sigstore-verify.ts"
import { createPlace, type Place, SDIST, WHEEL, WRITTEN } from "./support.ts"
import { writeFileSync } from "node:fs"
import path from "node:path"

let world: LocalWorld
let place: Place
beforeAll(async () => {
  world = await startLocalWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  place = createPlace(world)
})
afterEach(() => place.remove())

function bundle(name: string): BundleJson {
  return JSON.parse(place.read(name))
}

function statement({ dsseEnvelope }: BundleJson): Record<string, unknown> {
  return JSON.parse(Buffer.from(dsseEnvelope?.payload ?? "", "base64").toString())
}

describe("a job of GitHub Actions", () => {
  test("signs provenance and publish attestations for each file, and provenance for all", async () => {
    const { report, error } = await place.run({ environment: place.job() })
    expect(error).toBeUndefined()
    expect(place.names()).toEqual(WRITTEN)
    expect(await place.verdicts({ source: "github.com/acme/rocket" })).toEqual([
      "verified",
      "verified",
    ])
    expect(report).toMatchObject({
      build: { kind: "github", source: "https://github.com/acme/rocket", ref: "refs/tags/v1.0.0" },
      level: { level: 2 },
      certificates: 1,
      signatures: 5,
      resumed: 0,
      notes: [],
    })
    expect(report?.subjects.map(({ name, files }) => [name, files.length])).toEqual([
      [WHEEL, 3],
      [SDIST, 3],
    ])
  })

  test("each bundle holds one subject, the aggregate all, and the independent verifier takes them", async () => {
    await place.run({ environment: place.job() })
    for (const name of WRITTEN.filter((file) => /sigstore\.json|jsonl/.test(file))) {
      const parsed = bundle(name)
      expect(statement(parsed)["subject"]).toHaveLength(name.startsWith("multiple") ? 2 : 1)
      verifyIndependently(parsed, world.trustedRoot(), { tlogThreshold: 1 })
    }
    expect(place.read("multiple.intoto.jsonl")).toMatch(/^\{.*\}\n$/)
  })

  test("a PEP 740 object is the bundle in another form", async () => {
    await place.run({ environment: place.job() })
    const { verificationMaterial, dsseEnvelope } = bundle(`${WHEEL}.sigstore.json`)
    expect(JSON.parse(place.read(`${WHEEL}.slsa.attestation`))).toEqual({
      version: 1,
      verification_material: {
        certificate: verificationMaterial.certificate?.rawBytes,
        transparency_entries: verificationMaterial.tlogEntries,
      },
      envelope: {
        statement: dsseEnvelope?.payload,
        signature: dsseEnvelope?.signatures[0]?.sig,
      },
    })
  })

  test("with Rekor v2 every signature has a timestamp", async () => {
    const { report, error } = await place.run({ environment: place.job(), logVersion: 2 })
    expect(error).toBeUndefined()
    expect(report?.notes).toEqual(["PyPI takes no attestation that is logged in Rekor v2"])
    expect(await place.verdicts()).toEqual(["verified", "verified"])
    const { verificationMaterial } = bundle(`${SDIST}.sigstore.json`)
    expect(verificationMaterial.tlogEntries[0]?.kindVersion).toEqual({
      kind: "hashedrekord",
      version: "0.0.2",
    })
    verifyIndependently(bundle(`${SDIST}.sigstore.json`), world.trustedRoot(), {
      tlogThreshold: 1,
      timestampThreshold: 1,
    })
  })

  test("as many logs as the config asks for", async () => {
    const { error } = await place.run({
      environment: place.job(),
      config: (config) => {
        config.rekorTlogConfig = { selector: "EXACT", count: 2 }
      },
    })
    expect(error).toMatchObject({ code: "ERR_CONFIG" })
    expect(error?.message).toContain("asks for 2 times a transparency log with API version 1")
  })

  test("in a pinned reusable workflow it is level 3, and that workflow the builder", async () => {
    const pin = "f7dd8c54c2067bafc12ca7a55595d5ee9b75204a"
    const job_workflow_ref = `acme/builder/.github/workflows/sign.yml@${pin}`
    const { report } = await place.run({
      environment: place.job({ job_workflow_ref, job_workflow_sha: pin }),
    })
    expect(report).toMatchObject({
      level: { level: 3 },
      build: { builder: `https://github.com/${job_workflow_ref}` },
    })
    expect(
      await place.verdicts({
        builder: "https://github.com/acme/builder/.github/workflows/sign.yml",
        source: "github.com/acme/rocket",
        workflow: "release.yml",
      }),
    ).toEqual(["verified", "verified"])
  })

  test("the inputs of a dispatch are not recorded, and the report says so", async () => {
    const { report } = await place.run({
      environment: place.job({ event_name: "workflow_dispatch" }),
    })
    expect(report?.notes).toEqual([
      "the inputs of workflow_dispatch are not part of GitHub's build type, and not recorded",
    ])
  })
})

describe("other identities", () => {
  async function tokenFile(provider: ProviderName, claims?: Claims): Promise<string> {
    const file = path.join(place.folder, "token")
    writeFileSync(file, `${await world.mint(provider, claims)}\n`)
    return file
  }
  const issuer = (name: string, provider: ProviderName) => [
    `${name}=${world.urls.oidc}/${provider}`,
  ]

  test("GitLab CI", async () => {
    const { report, error } = await place.run({
      environment: { GITLAB_CI: "true", SIGSTORE_ID_TOKEN: await world.mint("gitlab") },
      issuers: issuer("https://gitlab.com", "gitlab"),
    })
    expect(error).toBeUndefined()
    expect(report).toMatchObject({ build: { kind: "gitlab" }, level: { level: 2 } })
    expect(await place.verdicts({ source: "gitlab.com/acme/rocket" })).toEqual([
      "verified",
      "verified",
    ])
  })

  test("CircleCI", async () => {
    const { report, error } = await place.run({
      environment: { CIRCLECI: "true", SIGSTORE_ID_TOKEN: await world.mint("circleci") },
      issuers: issuer("https://oidc.circleci.com", "circleci"),
    })
    expect(error).toBeUndefined()
    expect(report).toMatchObject({ build: { kind: "circleci" }, level: { level: 1 } })
    expect(await place.verdicts({ source: "github.com/acme/rocket" })).toEqual([
      "verified",
      "verified",
    ])
  })

  test("a person, whose address is in the certificate and in no statement", async () => {
    const { report, error } = await place.run({
      identityToken: await tokenFile("email"),
      issuers: issuer("https://oauth2.sigstore.dev/auth", "email"),
    })
    expect(error).toBeUndefined()
    expect(report).toMatchObject({
      build: { kind: "person", signer: "maintainer@acme.example" },
      level: { level: 1 },
    })
    expect(report?.notes[0]).toContain("maintainer@acme.example is in the certificate")
    expect(await place.verdicts({ identity: "maintainer@acme.example" })).toEqual([
      "verified",
      "verified",
    ])
    const payloads = WRITTEN.filter((name) => name.endsWith(".sigstore.json")).map((name) =>
      JSON.stringify(statement(bundle(name))),
    )
    expect(payloads.join()).not.toContain("acme.example")
  })
})

describe("a key of one's own", () => {
  test.each(["p256", "p384", "p521", "ed25519", "rsa2048"] as const)("%s", async (kind) => {
    const { privateKey, publicKey } = createKeyPair(kind)
    const key = path.join(place.folder, "key.pem")
    const pub = path.join(place.folder, "pub.pem")
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }))
    writeFileSync(pub, publicKey.export({ type: "spki", format: "pem" }))
    const before = Object.values(world.services).map(({ requests }) => requests.length)
    const { report, error } = await place.run({ key, offline: true })
    expect(error).toBeUndefined()
    expect(report).toMatchObject({ build: { kind: "key" }, level: { level: 1 }, certificates: 0 })
    expect(place.names()).toEqual(WRITTEN)
    const { verify } = await import("../../../src/app/library.ts")
    for (const provenance of WRITTEN.filter((name) => name.startsWith(`${WHEEL}.`))) {
      const { results } = await verify(path.join(place.dist, WHEEL), {
        keys: [pub],
        provenance: [path.join(place.dist, provenance)],
        offline: true,
      })
      expect(results[0]?.verdict.kind).toBe("verified")
    }
    expect(Object.values(world.services).map(({ requests }) => requests.length)).toEqual(before)
  })

  test("is read from standard input, too", async () => {
    const pem = createKeyPair().privateKey.export({ type: "pkcs8", format: "pem" })
    const readStdin = () => Promise.resolve(Buffer.from(pem.toString()))
    const { error } = await place.run({ key: "-", effects: { readStdin } })
    expect(error).toBeUndefined()
    expect(place.names()).toEqual(WRITTEN)
  })
})

describe("a dry run", () => {
  test("shows the statements and asks neither authority nor log", async () => {
    const { fulcio, rekor } = world.services
    const before = [fulcio.requests.length, rekor.requests.length]
    const { report } = await place.run({ environment: place.job(), dryRun: true })
    expect([fulcio.requests.length, rekor.requests.length]).toEqual(before)
    expect(place.names()).toEqual([WHEEL, SDIST])
    expect(report?.statements?.map(({ name }) => name)).toEqual([
      `${WHEEL}.sigstore.json`,
      `${WHEEL}.publish.attestation`,
      `${SDIST}.sigstore.json`,
      `${SDIST}.publish.attestation`,
      "multiple.intoto.jsonl",
    ])
    await place.run({ environment: place.job() })
    const signed = statement(bundle("multiple.intoto.jsonl"))
    expect(JSON.parse(report?.statements?.at(-1)?.text ?? "")).toEqual(signed)
  })
})

test("one file alone is its own aggregate, signed once", async () => {
  const { report } = await place.run({
    environment: place.job(),
    files: [path.join(place.dist, WHEEL)],
  })
  expect(report).toMatchObject({ signatures: 2 })
  expect(place.read("multiple.intoto.jsonl")).toBe(place.read(`${WHEEL}.sigstore.json`))
})
