import path from "node:path"

import type { Artifact } from "../core/artifact.ts"
import { type DigestAlgorithm, type FileDigests, isDigestAlgorithm } from "../core/digest.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Evidence } from "../core/evidence.ts"
import { checkExpectation, type Expectation } from "../core/expectation.ts"
import { parsePublicKeyPem, type PublicKey } from "../core/keys.ts"
import { createVerifier, type Verifier } from "../core/verifier.ts"
import { parseSourceRepository } from "../core/workflow.ts"
import type { Breathe } from "../io/breath.ts"
import type { Files } from "../io/files.ts"
import { hashFile } from "../io/hash-file.ts"
import { asUndecided, decide, type Judge } from "./decide.ts"
import { evidenceFilesIn, readEvidenceFile, sidecarsOf } from "./evidence-files.ts"
import { EvidencePool, type FoundEvidence } from "./evidence-pool.ts"
import { createLookUp, type LogAccess } from "./look-up.ts"
import type { FileResult, Report } from "./report.ts"
import { expandTargets, type Target } from "./targets.ts"
import type { TrustRequest } from "./trust-request.ts"
import type { TrustSource } from "./trust-source.ts"

/** One `verify`. Everything is as the user wrote it. */
export interface VerifyRequest extends TrustRequest {
  /** Files, patterns, folders, `sha256:HEX`, `-` for standard input. */
  readonly targets: readonly string[]
  /** Files and folders that hold evidence. */
  readonly provenance: readonly string[]
  readonly expectation: Expectation
  /** PEM files of managed keys. */
  readonly keys: readonly string[]
  /** The distribution's published file name. */
  readonly name?: string
  /** How many targets are worked on at once. */
  readonly concurrency?: number
}

/** Hears how far a long run is. */
export interface Watch {
  /** The number of targets is known now. */
  total(count: number): void
  /** One target more is concluded. */
  finished(target: string): void
}

/** The world that `verify` works in. */
export interface VerifyEffects {
  readonly files: Files
  readonly trust: TrustSource
  readonly logs: LogAccess
  /** The digest of standard input, which is read to its end. */
  readonly hashStdin: (algorithms: readonly DigestAlgorithm[]) => Promise<FileDigests>
  readonly breathe: Breathe
}

/** A `verify` whose targets are known. What a target is has been decided then, and is not read out of its name again. */
export interface TargetsRequest extends Omit<VerifyRequest, "targets"> {
  readonly targets: readonly Target[]
}

/** What a request's targets come to, and sentences about what was left out. Throws `ERR_INPUT_NOT_FOUND` and `ERR_USAGE`. */
export function resolveTargets(
  request: VerifyRequest,
  files: Files,
): { readonly request: TargetsRequest; readonly notes: readonly string[] } {
  const { targets, notes } = expandTargets(request.targets, files)
  if (request.name !== undefined && targets.length !== 1) {
    throw new WheelproofError(
      "ERR_USAGE",
      `--name is the name of one file, and there are ${targets.length}`,
    )
  }
  return { request: { ...request, targets }, notes }
}

/**
 * The `verify` use case: finds the evidence for each target, decides about each, and goes on after a failure. Throws only for what is
 * about the run as a whole: usage, configuration, an unusable trust root, an interrupt.
 */
export async function verifyTargets(
  request: TargetsRequest,
  effects: VerifyEffects,
  watch: Watch,
): Promise<Report> {
  const { targets } = request
  watch.total(targets.length)
  const keys = request.keys.map((file) => readKey(effects.files, file))
  const judge = createJudge(keys, normalizeExpectation(request.expectation), effects)
  const hashed = await hashAll(targets, request, effects)
  const pool = await fillPool(hashed, request, effects)
  const results: FileResult[] = []
  for (const item of hashed) {
    await effects.breathe()
    results.push(await conclude(item, pool, judge, effects))
    watch.finished(item.target.label)
  }
  const trust = effects.trust.summary()
  return { results, notes: [], ...(trust === undefined ? {} : { trust }) }
}

type Hashed =
  | { readonly target: Target; readonly artifact: Artifact; readonly looksBeside: boolean }
  | { readonly target: Target; readonly error: unknown }

async function hashAll(
  targets: readonly Target[],
  request: TargetsRequest,
  effects: VerifyEffects,
): Promise<readonly Hashed[]> {
  const hashed: Hashed[] = []
  for (const target of targets) {
    await effects.breathe()
    try {
      const digests = await digestsOf(target, [], effects)
      const name = request.name ?? (target.kind === "file" ? path.basename(target.file) : undefined)
      const artifact = { digests, ...(name === undefined ? {} : { name }) }
      hashed.push({ target, artifact, looksBeside: request.provenance.length === 0 })
    } catch (error) {
      hashed.push({ target, error })
    }
  }
  return hashed
}

async function digestsOf(
  target: Target,
  algorithms: readonly DigestAlgorithm[],
  { files, hashStdin, breathe }: VerifyEffects,
): Promise<FileDigests> {
  switch (target.kind) {
    case "digest":
      return { sha256: target.sha256 }
    case "stdin":
      // It can be read only once, so whatever a subject may name is computed now.
      return hashStdin(["sha384", "sha512"])
    case "file":
      return hashFile(files, target.file, breathe, algorithms)
  }
}

async function fillPool(
  hashed: readonly Hashed[],
  { provenance }: TargetsRequest,
  effects: VerifyEffects,
): Promise<EvidencePool> {
  const pool = new EvidencePool(
    hashed.flatMap((item) => ("artifact" in item ? [item.artifact] : [])),
  )
  for (const named of provenance) {
    for (const file of evidenceFilesIn(effects.files, named)) {
      for await (const parsed of readEvidenceFile(effects, file)) pool.add(parsed)
    }
  }
  return pool
}

async function conclude(
  item: Hashed,
  pool: EvidencePool,
  judge: Judge,
  effects: VerifyEffects,
): Promise<FileResult> {
  const { target } = item
  if ("error" in item) return { target: target.label, verdict: asUndecided(item.error) }
  try {
    const found = await findEvidence(item, pool, effects)
    const artifact = await withFurtherDigests(target, item.artifact, found.evidence, effects)
    const verdict = await decide(artifact, found, judge)
    const { digests, name } = artifact
    return { target: target.label, digests, verdict, ...(name === undefined ? {} : { name }) }
  } catch (error) {
    return { target: target.label, verdict: asUndecided(error) }
  }
}

// Evidence that the user named is the only evidence; beside the file is looked at where none was named.
async function findEvidence(
  { target, artifact, looksBeside }: Extract<Hashed, { artifact: Artifact }>,
  pool: EvidencePool,
  effects: VerifyEffects,
): Promise<FoundEvidence> {
  if (target.kind !== "file" || !looksBeside) return pool.find(artifact)
  const beside = new EvidencePool([artifact])
  for (const sidecar of sidecarsOf(effects.files, target.file)) {
    for await (const parsed of readEvidenceFile(effects, sidecar)) beside.add(parsed)
  }
  return beside.find(artifact)
}

/** Adds the digests that evidence about this file also names, so that they can be compared, and those that a signature may be over. */
async function withFurtherDigests(
  target: Target,
  artifact: Artifact,
  evidence: readonly Evidence[],
  effects: VerifyEffects,
): Promise<Artifact> {
  const needed = new Set(evidence.flatMap(({ content }) => algorithmsOf(content, artifact)))
  const missing = [...needed].filter((algorithm) => artifact.digests[algorithm] === undefined)
  if (missing.length === 0 || target.kind !== "file") return artifact
  const digests = await digestsOf(target, missing, effects)
  if (digests.sha256 !== artifact.digests.sha256) {
    throw new WheelproofError("ERR_INPUT_UNREADABLE", `${target.label} changed while it was read`)
  }
  return { ...artifact, digests }
}

function algorithmsOf(
  content: Evidence["content"],
  { digests }: Artifact,
): readonly DigestAlgorithm[] {
  if (content.kind === "message") return ["sha384", "sha512"]
  return content.statement.subjects
    .filter(({ digest }) => digest.get("sha256") === digests.sha256)
    .flatMap(({ digest }) => [...digest.keys()].filter(isDigestAlgorithm))
}

/** A judge over the run's trust root: loaded once, and only if some evidence needs it. */
function createJudge(
  keys: readonly PublicKey[],
  expectation: Expectation,
  { trust, logs, breathe }: Pick<VerifyEffects, "trust" | "logs" | "breathe">,
): Judge {
  const withoutTrust = createVerifier({ instances: [], keys })
  const withTrust = new Map<Evidence["content"]["kind"], Promise<Verifier>>()
  return {
    expectation,
    breathe,
    complete: createLookUp(logs, trust, keys.length > 0),
    async verifierFor({ material, entries, timestamps, content }) {
      const standsAlone =
        material.kind !== "certificate" && entries.length === 0 && timestamps.length === 0
      if (standsAlone && content.kind === "dsse") return withoutTrust
      const verifier =
        withTrust.get(content.kind) ?? createTrustedVerifier(content.kind, keys, trust)
      withTrust.set(content.kind, verifier)
      return verifier
    },
  }
}

async function createTrustedVerifier(
  kind: Evidence["content"]["kind"],
  keys: readonly PublicKey[],
  trust: TrustSource,
): Promise<Verifier> {
  const instances = await trust.instances()
  if (kind === "dsse") return createVerifier({ instances, keys })
  // Only signatures over files themselves need it, and it is slow to load.
  const { verifyPrehashed } = await import("../core/prehash.ts")
  return createVerifier({ instances, keys, verifyPrehashed })
}

/** Reads a PEM public key. Throws `ERR_CONFIG` for what is none. */
function readKey(files: Files, file: string): PublicKey {
  const text = Buffer.from(files.read(file, 64 * 1024)).toString("latin1")
  try {
    return parsePublicKeyPem(text, file)
  } catch (cause) {
    throw new WheelproofError("ERR_CONFIG", `${file} is not a PEM public key that can be used`, {
      hint: "a key file holds one block `-----BEGIN PUBLIC KEY-----`: ECDSA, Ed25519, or RSA from 2048 bits on",
      cause,
    })
  }
}

function normalizeExpectation(expectation: Expectation): Expectation {
  checkExpectation(expectation)
  const { source } = expectation
  if (source === undefined) return expectation
  const repository = parseSourceRepository(source)
  if (repository === undefined) {
    throw new WheelproofError("ERR_USAGE", `--source ${source} is not a repository`, {
      hint: "write it as host/owner/name, such as github.com/pypa/sampleproject",
    })
  }
  return { ...expectation, source: repository }
}
