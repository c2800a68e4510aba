import { expect, test } from "vitest"

import type { Inspection } from "../../../src/app/inspect.ts"
import type { TrustView, UseCases } from "../../../src/app/use-cases.ts"
import { CHECKS } from "../../../src/core/checks.ts"
import { DIGEST, HOSTILE, REPORT, run, transcript } from "../support.ts"

const INSPECTION: Inspection = {
  sections: [
    { title: "statement", rows: [{ label: "predicate", value: "https://slsa.dev/provenance/v1" }] },
    { title: "certificate", rows: [{ label: "issuer", value: "x\u001B[2J" }] },
    { title: "timestamps", rows: [] },
  ],
  json: { forms: ["x\u202E"] },
}

test("inspect shows sections, and that nothing was verified", async () => {
  const inspect = async () => INSPECTION
  expect(await transcript("inspect a.json b.json", { inspect })).toMatchInlineSnapshot(`
    "$ wheelproof inspect a.json b.json
    exit 0
    file a.json

    statement
      predicate  https://slsa.dev/provenance/v1

    certificate
      issuer     x\\u{001b}[2J

    timestamps

    file b.json

    statement
      predicate  https://slsa.dev/provenance/v1

    certificate
      issuer     x\\u{001b}[2J

    timestamps
    --- stderr
    note: nothing of this was verified
    "
  `)
  const { stdout, stderr } = await run(["inspect", "a.json", "--format", "json"], { inspect })
  expect(JSON.parse(stdout)).toEqual([{ file: "a.json", content: INSPECTION.json }])
  expect(stdout).toContain(String.raw`\u202e`)
  expect(stderr).toBe("")
})

test("seal prints the bundle, or says where it wrote it", async () => {
  const seen: unknown[] = []
  const seal: UseCases["seal"] = async (request) => {
    seen.push(request)
    return { content: '{"mediaType":"x"}\n', notes: ["found at index 7"] }
  }
  expect(await transcript("seal p.jsonl", { seal })).toMatchInlineSnapshot(`
    "$ wheelproof seal p.jsonl
    exit 0
    {"mediaType":"x"}
    --- stderr
    note: found at index 7
    "
  `)
  expect(await transcript("seal p.jsonl --output out.json --force", { seal }))
    .toMatchInlineSnapshot(`
    "$ wheelproof seal p.jsonl --output out.json --force
    exit 0
    --- stderr
    note: found at index 7
    wrote out.json
    "
  `)
  expect(seen).toEqual([
    { file: "p.jsonl", force: false, offline: false },
    { file: "p.jsonl", output: "out.json", force: true, offline: false },
  ])
  expect((await run(["seal", "p.jsonl", "--force"])).stderr).toContain("--force needs --output")
})

const VIEW: TrustView = {
  ...INSPECTION,
  summary: REPORT.trust ?? { source: "embedded", origin: "", instances: [], notes: [] },
}
const TRUST: UseCases["trust"] = {
  show: async () => VIEW,
  refresh: async () => ({ ...VIEW, sections: [] }),
  export: async () => ({ content: "{}\n", notes: [] }),
}

test("trust", async () => {
  expect(await transcript("trust show", { trust: TRUST })).toMatchInlineSnapshot(`
    "$ wheelproof trust show
    exit 0
    trust root: cache (https://tuf.example), version 12, current on 2026-11-20T10:00:00Z (4 days ago), for public-good

    statement
      predicate  https://slsa.dev/provenance/v1

    certificate
      issuer     x\\u{001b}[2J

    timestamps
    --- stderr
    note: the trust root could not be refreshed
    "
  `)
  expect(await transcript("trust refresh", { trust: TRUST })).toMatchInlineSnapshot(`
    "$ wheelproof trust refresh
    exit 0
    trust root: cache (https://tuf.example), version 12, current on 2026-11-20T10:00:00Z (4 days ago), for public-good
    --- stderr
    note: the trust root could not be refreshed
    "
  `)
  expect(await transcript("trust export", { trust: TRUST })).toBe(
    "$ wheelproof trust export\nexit 0\n{}\n",
  )
  expect(await transcript("trust export --output r.json", { trust: TRUST })).toBe(
    "$ wheelproof trust export --output r.json\nexit 0\n--- stderr\nwrote r.json\n",
  )
  const { stdout } = await run(["trust", "show", "--format", "json"], { trust: TRUST })
  expect(JSON.parse(stdout)).toEqual({
    trust: { ...VIEW.summary, asOf: "2026-11-20T10:00:00Z" },
    content: VIEW.json,
  })
})

test.each([
  ["trust show --output x", "--output and --force go with `trust export`, not `trust show`"],
  ["trust export --format json", "`trust export` has one form and takes no --format"],
  [
    "trust refresh --offline",
    "`trust refresh` asks the network: no --offline and no --trusted-root",
  ],
  ["trust", "show|refresh|export is missing"],
])("%s", async (line, message) => {
  const { exit, stderr } = await run(line.split(" "), { trust: TRUST })
  expect(exit).toBe(2)
  expect(stderr.split("\n")[0]).toBe(`error: ${message} (ERR_USAGE)`)
})

const digest: UseCases["digest"] = async ({ files }) =>
  files.map((name) => ({ name, sha256: DIGEST }))

test("digest prints sha256sum's lines, or base64 of them", async () => {
  const lines = `${DIGEST}  a.whl\n${DIGEST}  b c.whl\n`
  expect((await run(["digest", "a.whl", "b c.whl"], { digest })).stdout).toBe(lines)
  const { stdout } = await run(["digest", "a.whl", "b c.whl", "--base64"], { digest })
  expect(stdout).toBe(Buffer.from(lines).toString("base64"))
  const hostile = await run(["digest", "a\nb"], { digest })
  expect(hostile).toMatchObject({ exit: 2, stdout: "" })
  expect(hostile.stderr).toContain('"a\\nb" is not a plain file name')
  const merged: boolean[] = []
  const watch: UseCases["digest"] = async ({ merge }) => {
    merged.push(merge)
    return []
  }
  await run(["digest", "--merge", "a"], { digest: watch })
  expect(merged).toEqual([true])
})

test("explain", async () => {
  expect(await transcript("explain subject-digest")).toMatchInlineSnapshot(`
    "$ wheelproof explain subject-digest
    exit 0
    subject-digest
      step          subject
      requires      the file's digest is among the statement's subjects
      why           the evidence is for another file, or the file was changed after it was attested
      next          download the file again; if its digest stays the same, it is not the one that was attested
    "
  `)
  expect(await transcript("explain err_network")).toMatchInlineSnapshot(`
    "$ wheelproof explain err_network
    exit 0
    ERR_NETWORK
      means         a service could not be reached or answered with an error
      next          try again; with sealed evidence, --offline needs no service at all
      exit code     3
    "
  `)
  expect(await transcript("explain subject-digst")).toMatchInlineSnapshot(`
    "$ wheelproof explain subject-digst
    exit 2
    --- stderr
    error: unknown code \`subject-digst\`; did you mean \`subject-digest\`? (ERR_USAGE)
    hint: run \`wheelproof explain\` for the list
    "
  `)
  const { stdout } = await run(["explain"])
  for (const id of [...Object.keys(CHECKS), "ERR_USAGE"]) expect(stdout).toContain(`  ${id} `)
  const hostile = await run(["explain", HOSTILE])
  expect(hostile.exit).toBe(2)
  expect(hostile.stderr).not.toContain("\u001B")
})
