import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import type { SlsaEvent } from "../../src/app/slsa-verifier.ts"
import { createContext } from "../../src/app/wire.ts"
import { startService, type Service } from "../../src/world/http/service.ts"
import { createRekorV1Handler } from "../../src/world/sigstore/rekor-v1-handler.ts"
import { createRekorV1 } from "../../src/world/sigstore/rekor-v1.ts"
import { logEnvelopes, trustedRootWith } from "../support/legacy-log.ts"

const DATA = "../shared/data/slsa-verifier"
const FILES = path.join(DATA, "testdata")

/** One call of slsa-verifier with the answer that slsa-verifier 2.7.1 gave; its members are those of the data's README. */
interface Case {
  readonly id: string
  readonly command: "verify-artifact" | "verify-github-attestation" | "verify-vsa"
  readonly artifacts?: readonly string[]
  readonly artifact_digests?: readonly string[]
  readonly provenance: string
  readonly source_uri?: string
  readonly source_branch?: string
  readonly source_tag?: string
  readonly source_versioned_tag?: string
  readonly builder_id?: string
  readonly workflow_inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly expect: string
  readonly expected_builder_id?: string
  readonly subject_digests?: readonly string[]
  readonly verified_levels?: readonly string[]
  readonly verifier_id?: string
  readonly resource_uri?: string
  readonly public_key?: string
  readonly public_key_id?: string
  readonly mutation?: readonly Mutation[]
  readonly needs_rekor_online?: boolean
  readonly note?: string
}

interface Mutation {
  readonly op: "append_raw" | "set" | "delete" | "dup" | "copy_from" | "flip_b64"
  readonly path?: string
  readonly from?: string
  readonly file?: string
  readonly value?: unknown
}

/** Where we refuse and slsa-verifier passes, with what we say; argued in docs/slsa-verifier-differences.md. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  "extra/mutation/checkpoint-garbage/gha_go/v2.1.0": "[log-checkpoint]",
  "extra/mutation/inclusion-proof-roothash-flipped/gha_go/v2.1.0": "[log-inclusion]",
  "extra/mutation/media-type-garbage/gha_go/v2.1.0": "unknown bundle media type",
}

const read = (name: string): readonly Case[] =>
  existsSync(DATA) ? JSON.parse(readFileSync(path.join(DATA, name), "utf8")) : []
const suites = ["cases.json", "extra-cases.json"].map((name) => ({ name, cases: read(name) }))

let server: Service
let folder: string
let trustedRoot: string
const context = createContext({ environment: {}, signal: new AbortController().signal })

beforeAll(async () => {
  const log = createRekorV1()
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-slsa-"))
  trustedRoot = path.join(folder, "trusted_root.json")
  if (existsSync(FILES)) logEnvelopes(FILES, log)
  writeFileSync(trustedRoot, await trustedRootWith(log))
  server = await startService(createRekorV1Handler(log))
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

describe.skipIf(!existsSync(DATA))("slsa-verifier's own cases", () => {
  test.each(suites)("$name end as there, or are listed as a difference", async ({ cases }) => {
    const differing: string[] = []
    let compared = 0
    for (const one of cases) {
      const provenance = mutated(one)
      if (provenance === undefined) continue
      compared += 1
      const answer = await run(one, provenance)
      const expected = one.expect === "pass" ? `pass ${one.expected_builder_id ?? ""}` : one.expect
      const agrees =
        one.expect === "pass" ? answer.trim() === expected.trim() : !answer.startsWith("pass")
      const argued = DIFFERENCES[one.id]
      if (argued === undefined ? !agrees : agrees || !answer.includes(argued)) {
        differing.push(`${one.id}: ${answer}`)
      }
    }
    expect(differing).toEqual([])
    expect(compared).toBeGreaterThan(200)
  })
})

/** `pass BUILDER`, or the failure's text. */
async function run(one: Case, provenance: string): Promise<string> {
  const events: SlsaEvent[] = []
  for await (const event of start(one, provenance)) events.push(event)
  const failed = events.find((event) => event.kind === "failed")
  if (failed !== undefined) return failed.error
  if (!events.some(({ kind }) => kind === "passed")) return "nothing was verified"
  const build = events.find((event) => event.kind === "build")
  return one.expected_builder_id === undefined ? "pass" : `pass ${build?.builder ?? ""}`
}

function start(one: Case, provenance: string): AsyncIterable<SlsaEvent> {
  const trust = { trustedRoot, offline: false, rekorUrl: new URL(server.url) }
  const { slsa } = context
  const artifacts =
    one.artifact_digests ?? one.artifacts?.map((name) => path.join(FILES, name)) ?? []
  const sourceUri = one.source_uri ?? ""
  const testing = one.env?.["SLSA_VERIFIER_TESTING"] === "1"
  switch (one.command) {
    case "verify-artifact":
      return slsa.verifyArtifact({
        ...trust,
        artifacts,
        provenancePath: provenance,
        sourceUri,
        testing,
        workflowInputs: new Map(Object.entries(one.workflow_inputs ?? {})),
        ...(one.source_branch === undefined ? {} : { sourceBranch: one.source_branch }),
        ...(one.source_tag === undefined ? {} : { sourceTag: one.source_tag }),
        ...(one.source_versioned_tag === undefined
          ? {}
          : { sourceVersionedTag: one.source_versioned_tag }),
        ...(one.builder_id === undefined ? {} : { builderId: one.builder_id }),
      })
    case "verify-github-attestation":
      return slsa.verifyGithubAttestation({
        ...trust,
        artifact: artifacts[0] ?? "",
        attestationPath: provenance,
        sourceUri,
        builderId: one.builder_id ?? "",
        testing,
      })
    case "verify-vsa":
      return slsa.verifyVsa({
        subjectDigests: one.subject_digests ?? [],
        attestationPath: provenance,
        verifierId: one.verifier_id ?? "",
        resourceUri: one.resource_uri ?? "",
        publicKeyPath: path.join(FILES, one.public_key ?? ""),
        publicKeyId: one.public_key_id ?? "",
        verifiedLevels: one.verified_levels ?? [],
      })
  }
}

/** The path of the case's provenance, changed as the case says; undefined where a file is not among the data. */
function mutated({ provenance, mutation = [] }: Case): string | undefined {
  const source = path.join(FILES, provenance)
  const others = mutation.flatMap(({ file }) =>
    file === undefined ? [] : [path.join(FILES, file)],
  )
  if (![source, ...others].every(existsSync)) return undefined
  if (mutation.length === 0) return source
  const text = readFileSync(source, "utf8")
  const tail = mutation.map(({ op, value }) => (op === "append_raw" ? String(value) : "")).join("")
  const edits = mutation.filter(({ op }) => op !== "append_raw")
  let content = text
  if (edits.length > 0) {
    const document: unknown = JSON.parse(text)
    for (const edit of edits) applyEdit(document, edit)
    content = JSON.stringify(document)
  }
  const file = path.join(folder, path.basename(source))
  writeFileSync(file, content + tail)
  return file
}

function applyEdit(
  document: unknown,
  { op, path: at = "", from, file = "", value }: Mutation,
): void {
  const { parent, key } = reach(document, at)
  switch (op) {
    case "set":
      parent[key] = value
      break
    case "delete":
      Reflect.deleteProperty(parent, key)
      break
    case "dup":
      parent[key] = [...parent[key], ...parent[key]]
      break
    case "copy_from": {
      const other = reach(JSON.parse(readFileSync(path.join(FILES, file), "utf8")), from ?? at)
      parent[key] = other.parent[other.key]
      break
    }
    case "flip_b64": {
      const bytes = Buffer.from(String(parent[key]), "base64")
      const middle = Math.floor(bytes.length / 2)
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
      parent[key] = bytes.toString("base64")
      break
    }
    case "append_raw":
      break
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- a document that the case changes anywhere.
type Anything = any

function reach(root: Anything, at: string): { readonly parent: Anything; readonly key: string } {
  const keys = at.split(".")
  const key = keys.pop() ?? ""
  let parent = root
  for (const name of keys) parent = parent[name]
  return { parent, key }
}
