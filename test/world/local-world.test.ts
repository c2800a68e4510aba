import { spawnSync } from "node:child_process"
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"

import { bundleToJSON } from "@sigstore/bundle"
import { SigningConfig } from "@sigstore/protobuf-specs"
import { bundleBuilderFromSigningConfig, CIContextProvider } from "@sigstore/sign"
import { decodeJwt } from "jose"
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest"

import { createVerifier } from "../../src/core/verifier.ts"
import { verifyPrehashed } from "../../src/core/prehash.ts"
import { parseTrustedRoots } from "../../src/formats/trusted-root.ts"
import { startLocalWorld, type LocalWorld } from "../../src/world/local-world.ts"
import { githubClaims } from "../../src/world/oidc/claims.ts"
import { jobEnvironment, tokenRequestEnvironment } from "../../src/world/oidc/job-environment.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import type { BundleJson } from "../../src/world/sigstore/wire.ts"
import { worldEnvironment, writeWorldFiles } from "../../src/world/world-files.ts"
import { evidenceOf, wheel, WHEEL, wheelSubject } from "../support/judge.ts"
import { verifyIndependently } from "./sigstore/sigstore-verify.ts"

const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-world-"))
const started = performance.now()
let world: LocalWorld
beforeAll(async () => {
  world = await startLocalWorld()
  const took = Math.round(performance.now() - started)
  process.stderr.write(`the local world was up after ${took} ms\n`)
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true })
})
afterEach(() => {
  vi.unstubAllEnvs()
})

type Kind = "messageSignature" | "dsseEnvelope"

/** Signs as npm and GitHub's own action do, with a token from the environment's job. */
async function signForeign(kind: Kind, data: Uint8Array, rekor: 1 | 2): Promise<BundleJson> {
  const builder = bundleBuilderFromSigningConfig({
    signingConfig: SigningConfig.fromJSON(world.signingConfig(rekor)),
    identityProvider: new CIContextProvider("sigstore"),
    bundleType: kind,
    fetchOptions: { timeout: 20_000, retry: false },
  })
  const type = kind === "dsseEnvelope" ? { type: "application/vnd.in-toto+json" } : {}
  const bundle = await builder.create({ data: Buffer.from(data), ...type })
  return bundleToJSON(bundle) as unknown as BundleJson
}

function stubJob(claims = {}): void {
  for (const [name, value] of Object.entries(tokenRequestEnvironment(world.startJob(claims)))) {
    vi.stubEnv(name, value)
  }
}

describe("@sigstore/sign", () => {
  test.each<[Kind, 1 | 2]>([
    ["messageSignature", 1],
    ["dsseEnvelope", 1],
    ["messageSignature", 2],
  ])("signs a %s with Rekor v%i, and both verifiers accept it", async (kind, rekor) => {
    stubJob({ environment: "pypi" })
    const statement = Buffer.from(JSON.stringify(slsaV1Statement([wheelSubject()])))
    const isFile = kind === "messageSignature"
    const bundle = await signForeign(kind, isFile ? WHEEL : statement, rekor)
    const root = world.trustedRoot()
    verifyIndependently(bundle, root, {
      timestampThreshold: 1,
      tlogThreshold: 1,
      ...(isFile ? { artifact: WHEEL } : {}),
    })
    const instances = parseTrustedRoots(Buffer.from(JSON.stringify(root)), "world")
    const verdict = createVerifier({ instances, verifyPrehashed }).verify(
      wheel(),
      evidenceOf(bundle),
      { source: "github.com/acme/rocket" },
    )
    expect(verdict).toMatchObject({
      kind: "verified",
      proof: { identity: { deploymentEnvironment: "pypi" } },
    })
  })

  test("sends envelopes to Rekor v2 as it took them once, and is refused", async () => {
    stubJob()
    await expect(signForeign("dsseEnvelope", Buffer.from("{}"), 2)).rejects.toThrow(
      "error creating tlog entry - (400) invalid type, must be hashedrekord",
    )
  })
})

async function status(url: string): Promise<number> {
  return (await fetch(url)).status
}

test("every service answers at its address, and TUF leads to the same documents", async () => {
  expect(await status(`${world.urls.oidc}/github/.well-known/openid-configuration`)).toBe(200)
  expect(await status(`${world.urls.fulcio}/api/v2/configuration`)).toBe(200)
  expect(await status(`${world.urls.rekor}/api/v1/log`)).toBe(200)
  expect(await status(`${world.urls.rekorV2}/api/v2/checkpoint`)).toBe(200)
  expect(await status(`${world.urls.timestamp}/api/v1/timestamp/certchain`)).toBe(200)
  expect(await status(`${world.urls.tuf}/timestamp.json`)).toBe(200)
  expect(await status(`${world.urls.index}/simple/`)).toBe(200)
  expect(await status(`${world.urls.mirror}/simple/`)).toBe(200)
  expect(await status(`${world.urls.github}/repos/acme/rocket`)).toBe(404)
  const fulcio = await fetch(`${world.urls.fulcio}/api/v2/trustBundle`)
  const { chains } = (await fulcio.json()) as { chains: { certificates: string[] }[] }
  const [authority] = world.trustedRoot().certificateAuthorities
  expect(chains[0]?.certificates.map((pem) => pem.replaceAll(/-----[^-]*-----|\n/g, ""))).toEqual(
    authority?.certChain.certificates.map(({ rawBytes }) => rawBytes),
  )
})

test("tokens are minted in the name of the real issuers, or of others", async () => {
  const token = decodeJwt(await world.mint("gitlab"))
  expect(token).toMatchObject({ iss: "https://gitlab.com", aud: "sigstore" })
  const other = await world.mint("github", {}, { audience: "pypi", issuer: "https://x.example" })
  expect(decodeJwt(other)).toMatchObject({ iss: "https://x.example", aud: "pypi" })
})

test("what clients take as files is written, and named by variables", () => {
  const named = writeWorldFiles(world, folder)
  expect(JSON.parse(readFileSync(named["WHEELPROOF_TRUSTED_ROOT"] ?? "", "utf8"))).toEqual(
    world.trustedRoot(),
  )
  const both = JSON.parse(readFileSync(named["WHEELPROOF_TRUST_CONFIG"] ?? "", "utf8")) as object
  expect(both).toMatchObject({ signingConfig: world.signingConfig(1) })
  expect(readdirSync(folder)).toHaveLength(Object.keys(named).length)
  expect(worldEnvironment(world)).toMatchObject({ PIP_INDEX_URL: `${world.urls.index}/simple/` })
})

test("a job's variables are those of its claims", () => {
  const claims = githubClaims({ ref: "refs/heads/main" })
  expect(jobEnvironment(claims, "http://127.0.0.1:1")).toMatchObject({
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: "http://127.0.0.1:1",
    GITHUB_REF_NAME: "main",
    GITHUB_REPOSITORY: "acme/rocket",
    GITHUB_SHA: claims.sha,
  })
})

describe("a world with a state", () => {
  const state = path.join(folder, "state")

  test("knows after a restart what it knew before, at the same addresses", async () => {
    const before = await startLocalWorld({ state })
    const entry = before.sigstore.rekor.add({ hello: "world" }, 1_700_000_000, {
      indexKeys: ["SHA256:AB"],
      attestation: Buffer.from("payload"),
    })
    before.sigstore.rekorV2.add({ hello: "world" })
    const job = before.startJob({ repository: "octo/pkg" })
    const checkpoints = [before.sigstore.rekor.checkpoint(), before.sigstore.rekorV2.checkpoint(1)]
    before.index.addProject("rocket")
    await before.close()

    const after = await startLocalWorld({ state })
    expect(after.urls).toEqual(before.urls)
    expect(after.trustedRoot()).toEqual(before.trustedRoot())
    expect(after.tufRoot).toEqual(before.tufRoot)
    expect(after.sigstore.rekor.find(entry.uuid)).toEqual(entry)
    expect(after.sigstore.rekor.search("sha256:ab")).toEqual([entry.uuid])
    expect(after.sigstore.rekor.checkpoint().split("\n").slice(0, 3)).toEqual(
      checkpoints[0]?.split("\n").slice(0, 3),
    )
    // Ed25519 signs the same bytes the same way.
    expect(after.sigstore.rekorV2.checkpoint()).toBe(checkpoints[1])
    expect((await fetch(`${after.urls.index}/simple/rocket/`)).status).toBe(200)
    const response = await fetch(`${job.url}&audience=sigstore`, {
      headers: { authorization: `Bearer ${job.token}` },
    })
    const { value } = (await response.json()) as { value: string }
    expect(decodeJwt(value)).toMatchObject({ repository: "octo/pkg" })
    await after.close()
  })

  test("drops a record that was cut off when the process died", async () => {
    const cut = path.join(folder, "cut")
    const before = await startLocalWorld({ state: cut })
    before.sigstore.rekorV2.add({ first: 1 })
    before.sigstore.rekorV2.add({ second: 2 })
    await before.close()
    const file = path.join(cut, "rekor-v2.jsonl")
    truncateSync(file, statSync(file).size - 5)
    const after = await startLocalWorld({ state: cut })
    expect(after.sigstore.rekorV2.size()).toBe(1)
    after.sigstore.rekorV2.add({ third: 3 })
    await after.close()
    const again = await startLocalWorld({ state: cut })
    expect(again.sigstore.rekorV2.size()).toBe(2)
    await again.close()
  })

  test("is for one world at a time, and for the next after one that was killed", async () => {
    const shared = path.join(folder, "shared")
    const first = await startLocalWorld({ state: shared })
    await expect(startLocalWorld({ state: shared })).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: `${shared} is in use by process ${process.pid}`,
    })
    await first.close()
    const { pid } = spawnSync("true")
    writeFileSync(path.join(shared, "lock"), String(pid))
    const next = await startLocalWorld({ state: shared })
    await next.close()
  })

  test("is for its owner's eyes, and takes other ports where its own are taken", async () => {
    expect(statSync(state).mode & 0o077).toBe(0)
    const { urls, close } = await startLocalWorld({ state })
    await close()
    const squatter = createServer()
    await new Promise<void>((resolve) => {
      squatter.listen(Number(new URL(urls.fulcio).port), "127.0.0.1", resolve)
    })
    const moved = await startLocalWorld({ state })
    expect(moved.urls.fulcio).not.toBe(urls.fulcio)
    expect(moved.urls.rekor).toBe(urls.rekor)
    expect(moved.signingConfig().caUrls[0]?.url).toBe(moved.urls.fulcio)
    await moved.close()
    await new Promise((resolve) => {
      squatter.close(resolve)
    })
  })
})
