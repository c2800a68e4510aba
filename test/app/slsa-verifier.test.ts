import { afterEach, beforeEach, describe, expect, test } from "vitest"

import type { SlsaEvent } from "../../src/app/slsa-verifier.ts"
import { createContext } from "../../src/app/wire.ts"
import { startService } from "../../src/world/http/service.ts"
import { createRekorV1Handler } from "../../src/world/sigstore/rekor-v1-handler.ts"
import { GENERATOR_IDENTITY } from "../../src/world/sigstore/identities.ts"
import { slsaV02Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, WHEEL, WHEEL_NAME, wheelSubject } from "../support/judge.ts"
import { createWorkspace, type Workspace } from "../support/workspace.ts"

const world = createWorld({ now: NOW })
const issue = { identity: GENERATOR_IDENTITY }
const statement = slsaV02Statement([wheelSubject()])
const bundle = world.signPayload(statement, { issue })
const { slsa } = createContext({ environment: {}, signal: new AbortController().signal })

let space: Workspace
beforeEach(() => {
  space = createWorkspace(world)
  space.write(WHEEL_NAME, WHEEL)
})
afterEach(() => space.remove())

/** `verify-artifact` of the wheel, or of others: what happened, a line each. */
async function run(
  provenance: unknown,
  options: Partial<Parameters<typeof slsa.verifyArtifact>[0]> = {},
): Promise<readonly string[]> {
  const events = slsa.verifyArtifact({
    artifacts: [space.path(WHEEL_NAME)],
    provenancePath: space.write("provenance.jsonl", provenance),
    sourceUri: "github.com/acme/rocket",
    workflowInputs: new Map(),
    testing: false,
    offline: true,
    trustedRoot: space.trustedRoot,
    ...options,
  })
  const lines: string[] = []
  for await (const event of events) lines.push(line(event))
  return lines
}

function line(event: SlsaEvent): string {
  switch (event.kind) {
    case "failed":
      return `failed ${event.error}`
    case "build":
      return `build ${event.builder.replace(/^.*\//, "")} ${event.commit.slice(0, 7)}`
    case "log-entry":
      return "log entry"
    case "passed":
    case "index-search":
      return event.kind
  }
}

function jsonLines(...documents: unknown[]): string {
  return documents.map((document) => JSON.stringify(document)).join("\n")
}

const BUILD = "build v2.1.0 4d329c7"

test("a genuine bundle passes", async () => {
  expect(await run(bundle)).toEqual([BUILD, "passed"])
})

test("a digest stands for an artifact that is somewhere else", async () => {
  const artifacts = [`sha256:${wheelSubject().digest["sha256"]}`]
  expect(await run(bundle, { artifacts })).toEqual([BUILD, "passed"])
})

test("the line that names the artifact counts, and the last failure is told where none passes", async () => {
  const other = world.signPayload(
    slsaV02Statement([{ name: "x", digest: { sha256: "0".repeat(64) } }]),
    { issue },
  )
  expect(await run(jsonLines(other, bundle))).toEqual([BUILD, "passed"])
  expect(await run(jsonLines(other, other))).toEqual([
    expect.stringContaining("artifact hash does not match"),
  ])
})

test("the first artifact that fails ends the run", async () => {
  const good = space.path(WHEEL_NAME)
  const bad = space.write("other.whl", "other bytes")
  const ended = await run(bundle, { artifacts: [good, bad, good] })
  expect(ended).toEqual([BUILD, "passed", expect.stringContaining("artifact hash")])
})

describe("is refused", () => {
  test.each<[string, unknown, object, string]>([
    ["a file that is no evidence", "rocket", {}, "not JSON"],
    ["a file without evidence", "\n", {}, "not JSON"],
    ["another source", bundle, { sourceUri: "github.com/acme/moon" }, "source used to generate"],
    [
      "a foreign builder",
      bundle,
      { builderId: "https://acme.example/builder" },
      "no verifier support",
    ],
    [
      "a builder of images",
      bundle,
      { builderId: "https://cloudbuild.googleapis.com/GoogleHostedWorker" },
      "not supported",
    ],
    ["a builder id that is none", bundle, { builderId: "a@b@c" }, "invalid format"],
    ["a file's own signature", world.signMessage(WHEEL, { issue }), {}, "a file's own signature"],
    ["a bare envelope offline", world.signEnvelope(statement, { issue }), {}, "needs the network"],
  ])("%s", async (_what, provenance, options, words) => {
    const ended = await run(provenance, options)
    expect(ended.at(-1)).toMatch(/^failed /)
    expect(ended.at(-1)).toContain(words)
  })

  test.each<[string, (statement: ReturnType<typeof slsaV02Statement>) => void, string]>([
    [
      "its certificate",
      ({ predicate }) => void (predicate.invocation.environment["github_event_name"] = "schedule"),
      "certificate and provenance mismatch",
    ],
    [
      "itself",
      ({ predicate }) => void (predicate.metadata["buildInvocationID"] = "1-1"),
      "invalid DSSE envelope payload: the statement names two values for the run",
    ],
  ])("a statement that contradicts %s", async (_what, change, words) => {
    const lie = slsaV02Statement([wheelSubject()])
    change(lie)
    const ended = await run(world.signPayload(lie, { issue }))
    expect(ended).toEqual([expect.stringContaining(words)])
  })

  test("a signature that is not", async () => {
    const forged = structuredClone(bundle)
    forged.verificationMaterial.tlogEntries = []
    expect(await run(forged)).toEqual([expect.stringContaining("failed")])
  })
})

describe("a bare envelope", () => {
  test("is completed from the log", async () => {
    const envelope = world.signEnvelope(statement, { issue, keyid: "" })
    const raw = JSON.stringify(envelope)
    const pem = envelope.signatures[0]?.cert ?? ""
    world.rekor.logEnvelope(Buffer.from(raw), pem, NOW / 1000, "intoto/0.0.1")
    const server = await startService(createRekorV1Handler(world.rekor))
    try {
      const asked = { offline: false, rekorUrl: new URL(server.url) }
      expect(await run(raw, asked)).toEqual(["log entry", BUILD, "passed"])
      const { cert: _cert, ...signature } = envelope.signatures[0] ?? { sig: "" }
      const bare = JSON.stringify({ ...envelope, signatures: [signature] })
      const ended = await run(bare, asked)
      expect(ended[0]).toBe("index-search")
    } finally {
      await server.close()
    }
  })
})

test("verify-github-attestation takes bundles alone", async () => {
  const attestationPath = space.write("bare.json", world.signEnvelope(statement, { issue }))
  const events = slsa.verifyGithubAttestation({
    artifact: space.path(WHEEL_NAME),
    attestationPath,
    sourceUri: "github.com/acme/rocket",
    builderId: "https://github.com/acme/builder/.github/workflows/x.yml",
    testing: false,
    offline: true,
    trustedRoot: space.trustedRoot,
  })
  for await (const event of events) {
    expect(line(event)).toBe("failed github attestations must be signed by Sigstore")
  }
})
