import { expect, test } from "vitest"

import type { Report } from "../../../src/app/report.ts"
import { HOSTILE_REPORT, REPORT, run, transcript } from "../support.ts"

test("annotations", async () => {
  expect(await transcript("verify dist --format github", { verify: async () => REPORT }))
    .toMatchInlineSnapshot(`
    "$ wheelproof verify dist --format github
    exit 1
    ::error file=dist/b.whl,title=wheelproof subject-digest::rejected dist/b.whl: required is that the file's digest is among the statement's subjects%0Aexpected: sha256:abababababababababababababababababababababababababababababababab%0Afound: 2 other subjects%0Anext: download the file again; if its digest stays the same, it is not the one that was attested
    ::error file=dist/b.whl,title=wheelproof expect-source::rejected dist/b.whl: required is that the source repository is the one expected with --source%0Aexpected: github.com/owner/name%0Afound: github.com/evil/name%0Anext: compare the two names; a fork or a renamed repository has another
    ::warning file=dist/c.whl,title=wheelproof ERR_NETWORK::undecided dist/c.whl: the log did not answer%0Anext: try again
    ::notice title=wheelproof::origin verified for 1 of 3 files; 1 rejected, 1 undecided
    --- stderr
    note: 1 file was skipped
    note: the trust root could not be refreshed
    "
  `)
})

test("properties end where they should", async () => {
  const report: Report = {
    notes: [],
    results: [
      {
        target: "a,title=x::y%2C.whl",
        verdict: { kind: "undecided", code: "ERR_NETWORK", message: "100 % lost" },
      },
    ],
  }
  const { stdout } = await run(["verify", "x", "--format", "github"], {
    verify: async () => report,
  })
  expect(stdout).toBe(
    "::warning file=a%2Ctitle=x%3A%3Ay%252C.whl,title=wheelproof ERR_NETWORK::undecided a,title=x::y%252C.whl: 100 %25 lost\n",
  )
})

test("a digest or standard input is no file", async () => {
  const results = ["-", `sha256:${"a".repeat(64)}`].map((target) => ({
    target,
    verdict: { kind: "undecided" as const, code: "ERR_OFFLINE" as const, message: "m" },
  }))
  const { stdout } = await run(["verify", "x", "--format", "github"], {
    verify: async () => ({ results, notes: [] }),
  })
  expect(stdout).not.toContain("file=")
  expect(stdout.match(/^::warning /gm)).toHaveLength(2)
})

test("hostile text makes no command of its own", async () => {
  const { stdout } = await run(["verify", "x", "--format", "github"], {
    verify: async () => HOSTILE_REPORT,
  })
  expect(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.slice(0, 10)),
  ).toEqual(["::error fi", "::warning ", "::notice t"])
})
