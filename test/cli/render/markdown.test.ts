import { expect, test } from "vitest"

import { HOSTILE_REPORT, REPORT, run, transcript } from "../support.ts"

test("a table", async () => {
  expect(await transcript("verify dist --format markdown", { verify: async () => REPORT }))
    .toMatchInlineSnapshot(`
    "$ wheelproof verify dist --format markdown
    exit 1
    ### Provenance

    1 verified, 1 rejected, 1 undecided

    | file | verdict | origin |
    | --- | --- | --- |
    | <code>dist/a.whl</code> | verified | <code>https&#58;//github.com/owner/name</code><br><code>refs/tags/v1</code><br><code>signed by https&#58;//github.com/owner/name/.github/workflows/release.yml&#64;refs/tags/v1, attested by https&#58;//token.actions.githubusercontent.com</code> |
    | <code>dist/b.whl</code> | rejected | <code>subject-digest</code> the file&#39;s digest is among the statement&#39;s subjects: expected <code>sha256:abababababababababababababababababababababababababababababababab</code>, found <code>2 other subjects</code><br><code>expect-source</code> the source repository is the one expected with --source: expected <code>github.com/owner/name</code>, found <code>github.com/evil/name</code> |
    | <code>dist/c.whl</code> | undecided | <code>ERR&#95;NETWORK</code> <code>the log did not answer</code> |

    Origin verified: it is proved where a file comes from, not that it does no harm.

    Trust root: <code>cache &#40;https&#58;//tuf.example&#41;, version 12, current on 2026-11-20T10:00:00Z &#40;4 days ago&#41;, for public-good</code>

    - <code>1 file was skipped</code>
    --- stderr
    note: 1 file was skipped
    note: the trust root could not be refreshed
    "
  `)
})

test("hostile text opens no cell, no element and no link", async () => {
  const { stdout } = await run(["verify", "x", "--format", "markdown"], {
    verify: async () => HOSTILE_REPORT,
  })
  const table = stdout.split("\n").filter((line) => line.startsWith("|"))
  expect(table).toHaveLength(5)
  for (const line of table) expect(line.match(/\|/g)).toHaveLength(4)
  expect(stdout.replaceAll(/<\/?code>|<br>/g, "")).not.toMatch(/[<>`]|:\/\//)
})
