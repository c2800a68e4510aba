import { spawnSync } from "node:child_process"
import {
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import path from "node:path"
import process from "node:process"

import { CHECKS } from "../src/core/checks.ts"

/**
 * `npm run check:mutations`: switches each check off, one at a time, in a copy of the source, and demands that a test notices. Arguments
 * name single checks. Ends in 1 if a mutant survives.
 */
const FOLDER = path.resolve("node_modules", ".cache", "mutations")
/**
 * What asks them, in turn: the evil evidence, and only where that notices nothing all the rest. Signing, which takes a while, asks none of
 * its own. A test that is slow on a busy machine must not pass for one that notices.
 */
const TESTS = [
  ["test/evil", "test/core/evil"],
  ["test/core", "test/app", "--exclude=test/app/attest/**"],
]
const PATIENCE = "--testTimeout=120000"

/** One text of the source and what it becomes: how a check is switched off. */
interface Mutation {
  readonly file: string
  readonly from: string
  readonly to: (id: string) => string
}

/** Every check of the core goes through these two functions; a check that also yields a value cannot go on without one. */
const IN_CORE: readonly Mutation[] = [
  {
    file: "src/core/check.ts",
    from: "): Reason | undefined {\n  const outcome",
    to: (id) =>
      `): Reason | undefined {\n  if (id === ${JSON.stringify(id)}) return undefined\n  const outcome`,
  },
  {
    file: "src/core/check.ts",
    from: "return { ok: false, reason: { check: id, ...result.finding, origin } }",
    to: (id) =>
      `if (id === ${JSON.stringify(id)}) throw new Error("the check is off")\n    return { ok: false, reason: { check: id, ...result.finding, origin } }`,
  },
  {
    file: "src/core/check.ts",
    from: "const reason = { check: id,",
    to: (id) =>
      `if (id === ${JSON.stringify(id)}) throw new Error("the check is off")\n    const reason = { check: id,`,
  },
]

/** What the use cases ask themselves: a rejection for that reason alone becomes a pass. */
const IN_APP: readonly Mutation[] = [
  {
    file: "src/app/decide.ts",
    from: "export async function decide(",
    to: (
      id,
    ) => `export async function decide(artifact: Artifact, found: FoundEvidence, judge: Judge): Promise<Verdict> {
  const verdict = await decideReally(artifact, found, judge)
  if (verdict.kind !== "rejected" || verdict.reasons.some(({ check }) => check !== ${JSON.stringify(id)})) return verdict
  return { kind: "verified", proof: { digests: artifact.digests, evidence: { form: "sigstore-bundle", origin: "mutant" }, subjectCount: 0, times: [], logEntries: [], crossChecked: [], compared: [], notCompared: [], notes: [] } }
}

async function decideReally(`,
  },
]

const ASKED_IN_CORE = new Set(
  globSync("src/core/**/*.ts")
    .filter((file) => !file.endsWith("checks.ts"))
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/"([a-z-]+)"/g)])
    .map(([, word = ""]) => word),
)

function survives(id: string): boolean {
  const mutations = [...(ASKED_IN_CORE.has(id) ? IN_CORE : []), ...IN_APP]
  // Every file is written anew, so that nothing is left of the mutant before.
  const files = new Set([...IN_CORE, ...IN_APP].map(({ file }) => file))
  for (const file of files) {
    const own = mutations.filter((mutation) => mutation.file === file)
    const text = own.reduce(
      (source, mutation) => mutate(source, mutation, id),
      readFileSync(file, "utf8"),
    )
    writeFileSync(path.join(FOLDER, file), text)
  }
  return allPass()
}

function mutate(source: string, { file, from, to }: Mutation, id: string): string {
  if (source.split(from).length !== 2) throw new Error(`${file} has not exactly one ${from}`)
  return source.replace(from, () => to(id))
}

/** Whether all tests pass. */
function allPass(): boolean {
  const vitest = path.resolve("node_modules", ".bin", "vitest")
  return TESTS.every((tests) => {
    const words = ["run", "--bail=1", PATIENCE, ...tests]
    return spawnSync(vitest, words, { cwd: FOLDER, stdio: "ignore" }).status === 0
  })
}

function prepare(): void {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  for (const part of ["src", "test", "scripts", "package.json", "vitest.config.ts", "examples"]) {
    cpSync(part, path.join(FOLDER, part), { recursive: true })
  }
  symlinkSync(path.resolve("node_modules"), path.join(FOLDER, "node_modules"))
}

prepare()
if (!allPass()) throw new Error("the tests fail before anything is switched off")
const wanted = process.argv.slice(2)
const ids = wanted.length === 0 ? Object.keys(CHECKS) : wanted
const survivors = ids.filter((id) => {
  const alive = survives(id)
  process.stdout.write(`${alive ? "SURVIVED" : "killed"}  ${id}\n`)
  return alive
})
process.stdout.write(
  `${ids.length - survivors.length} of ${ids.length} checks are missed by a test when they are off\n`,
)
process.exitCode = survivors.length === 0 ? 0 : 1
rmSync(FOLDER, { recursive: true, force: true })
