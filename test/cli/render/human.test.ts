import { stripVTControlCharacters } from "node:util"

import { expect, test } from "vitest"

import type { Report } from "../../../src/app/report.ts"
import { PROOF, REPORT, run, transcript, VERIFIED } from "../support.ts"

const verify = async () => REPORT

test("one of each", async () => {
  expect(await transcript("verify dist", { verify })).toMatchInlineSnapshot(`
    "$ wheelproof verify dist
    exit 1
    verified dist/a.whl
      source        https://github.com/owner/name
      ref           refs/tags/v1
      commit        cccccccccccccccccccccccccccccccccccccccc
      workflow      https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1
      builder       https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1
      trigger       push
      runner        github-hosted
      signer        https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1, attested by https://token.actions.githubusercontent.com (public-good)
      time          2026-01-02T03:04:05Z, by log rekor.sigstore.dev
      log           rekor.sigstore.dev, entry 123, by its promise and an inclusion proof
      evidence      dist/bundle.json (sigstore-bundle-v0.3, 2 subjects)
      compared      --source github.com/owner/name
      not compared  --source-ref, --workflow
      note          the evidence is old

    rejected dist/b.whl
      [subject-digest] required: the file's digest is among the statement's subjects
        expected    sha256:abababababababababababababababababababababababababababababababab
        found       2 other subjects
        evidence    dist/bundle.json
        why         the evidence is for another file, or the file was changed after it was attested
        next        download the file again; if its digest stays the same, it is not the one that was attested
      [expect-source] required: the source repository is the one expected with --source
        expected    github.com/owner/name
        found       github.com/evil/name
        why         a genuine build of another repository, such as a fork, is not the one you asked for
        next        compare the two names; a fork or a renamed repository has another

    undecided dist/c.whl
      reason        the log did not answer (ERR_NETWORK)
      next          try again

    trust root    cache (https://tuf.example), version 12, current on 2026-11-20T10:00:00Z (4 days ago), for public-good
    origin verified: it is proved where the verified files come from, not that they do no harm
    1 verified, 1 rejected, 1 undecided
    --- stderr
    note: 1 file was skipped
    note: the trust root could not be refreshed
    "
  `)
})

test("verbose says everything that was proved", async () => {
  expect(await transcript("verify dist -v", { verify: async () => VERIFIED }))
    .toMatchInlineSnapshot(`
    "$ wheelproof verify dist -v
    exit 0
    verified dist/a.whl
      source        https://github.com/owner/name
      ref           refs/tags/v1
      commit        cccccccccccccccccccccccccccccccccccccccc
      workflow      https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1
      builder       https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1
      trigger       push
      runner        github-hosted
      signer        https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1, attested by https://token.actions.githubusercontent.com (public-good)
      time          2026-01-02T03:04:05Z, by log rekor.sigstore.dev
      time          2026-01-02T03:04:06Z, by timestamp authority CN=tsa
      log           rekor.sigstore.dev, entry 123, by its promise and an inclusion proof
      evidence      dist/bundle.json (sigstore-bundle-v0.3, 2 subjects)
      digest        sha256:abababababababababababababababababababababababababababababababab
      subject       name-1.0-py3-none-any.whl
      predicate     https://slsa.dev/provenance/v1
      run           https://github.com/owner/name/actions/runs/1/attempts/1
      agreeing      statement and certificate agree on repository, ref
      compared      --source github.com/owner/name
      not compared  --source-ref, --workflow
      note          the evidence is old

    trust root    cache (https://tuf.example), version 12, current on 2026-11-20T10:00:00Z (4 days ago), for public-good
    origin verified: it is proved where the verified files come from, not that they do no harm
    1 verified, 0 rejected, 0 undecided
    --- stderr
    note: 1 file was skipped
    note: the trust root could not be refreshed
    "
  `)
})

test("quiet says only what failed", async () => {
  expect(await transcript("verify dist -q", { verify })).toMatchInlineSnapshot(`
    "$ wheelproof verify dist -q
    exit 1
    rejected dist/b.whl
      [subject-digest] required: the file's digest is among the statement's subjects
        expected    sha256:abababababababababababababababababababababababababababababababab
        found       2 other subjects
        evidence    dist/bundle.json
        why         the evidence is for another file, or the file was changed after it was attested
        next        download the file again; if its digest stays the same, it is not the one that was attested
      [expect-source] required: the source repository is the one expected with --source
        expected    github.com/owner/name
        found       github.com/evil/name
        why         a genuine build of another repository, such as a fork, is not the one you asked for
        next        compare the two names; a fork or a renamed repository has another

    undecided dist/c.whl
      reason        the log did not answer (ERR_NETWORK)
      next          try again

    1 verified, 1 rejected, 1 undecided
    "
  `)
  expect(await transcript("verify dist -q", { verify: async () => VERIFIED })).toBe(
    "$ wheelproof verify dist -q\nexit 0\n",
  )
})

test("without an expectation it says that nothing was compared, and how to", async () => {
  const report = proved({ compared: [] })
  const { stdout, exit } = await run(["verify", "a.whl"], { verify: async () => report })
  expect(exit).toBe(0)
  expect(stdout).toContain(
    "  not compared  nothing was compared: this says whose build it is, not that it is the one you want\n" +
      "                if it is, compare it from now on: --source-ref refs/tags/v1 --workflow release.yml\n",
  )
})

test("a suggested command cannot be broken out of", async () => {
  const value = "x'; rm -rf ~ #$(id)"
  const report = proved({ compared: [], notCompared: [{ field: "source", value }] })
  const { stdout } = await run(["verify", "a.whl"], { verify: async () => report })
  expect(stdout).toContain(String.raw`from now on: --source 'x'\''; rm -rf ~ #$(id)'`)
})

test("what only the signer says is not shown as proved", async () => {
  const { identity: _, ...rest } = PROOF
  const proof = {
    ...rest,
    key: "ef".repeat(32),
    claim: { sourceRepository: "https://github.com/owner/name", resolvedDependencies: [] },
    times: [],
    logEntries: [],
  }
  const report: Report = {
    ...REPORT,
    results: [{ target: "a.whl", verdict: { kind: "verified", proof } }],
  }
  const { stdout } = await run(["verify", "a.whl"], { verify: async () => report })
  expect(stdout).toContain(
    "source        https://github.com/owner/name (stated by the signer, not proved)",
  )
  expect(stdout).toContain(`signer        key sha256:${"ef".repeat(32)}`)
  expect(stdout).toContain("time          not proved by anybody")
  expect(stdout).toContain("log           no entry")
})

test("neighbours with the same proof share its lines", async () => {
  const results = ["a.whl", "b.whl"].map((target) => ({
    target,
    verdict: { kind: "verified" as const, proof: PROOF },
  }))
  const { stdout } = await run(["verify", "dist"], { verify: async () => ({ ...REPORT, results }) })
  expect(stdout.startsWith("verified a.whl\nverified b.whl\n  source ")).toBe(true)
  expect(stdout.match(/ {2}source /g)).toHaveLength(1)
})

test("colour is decoration: taking it away changes nothing else", async () => {
  const plain = await run(["verify", "dist"], { verify })
  const coloured = await run(["verify", "dist", "--color", "always"], { verify })
  expect(coloured.stdout).toContain("\u001B[31mrejected\u001B[0m")
  expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout)
})

test("it promises origin, nothing more", async () => {
  const { stdout } = await run(["verify", "dist"], { verify })
  expect(stdout).toContain("origin verified")
  expect(stdout.toLowerCase()).not.toContain("safe")
})

function proved(changes: Partial<typeof PROOF>): Report {
  const proof = { ...PROOF, ...changes }
  return { ...REPORT, results: [{ target: "a.whl", verdict: { kind: "verified", proof } }] }
}
