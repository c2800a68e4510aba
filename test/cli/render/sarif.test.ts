import { expect, test } from "vitest"

import { targetUri } from "../../../src/cli/render/sarif.ts"
import { CHECKS } from "../../../src/core/checks.ts"
import { REPORT, run } from "../support.ts"

interface Log {
  readonly version: string
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } }
    readonly invocations: readonly { readonly exitCode: number }[]
    readonly results: readonly Result[]
  }[]
}
interface Rule {
  readonly id: string
  readonly shortDescription: { readonly text: string }
  readonly help: { readonly text: string }
}
interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly message: { readonly text: string }
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } }
  }[]
}

async function log(): Promise<Log> {
  const { stdout, exit } = await run(["verify", "dist", "--format", "sarif"], {
    verify: async () => REPORT,
  })
  expect(exit).toBe(1)
  return JSON.parse(stdout) as Log
}

test("a result for each reason and each undecided file, none for what verified", async () => {
  const { runs } = await log()
  expect(runs[0]?.results).toMatchInlineSnapshot(`
    [
      {
        "level": "error",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "dist/b.whl",
              },
            },
          },
        ],
        "message": {
          "text": "dist/b.whl is rejected: required is that the file's digest is among the statement's subjects. Expected: sha256:abababababababababababababababababababababababababababababababab. Found: 2 other subjects.",
        },
        "ruleId": "subject-digest",
        "ruleIndex": 26,
      },
      {
        "level": "error",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "dist/b.whl",
              },
            },
          },
        ],
        "message": {
          "text": "dist/b.whl is rejected: required is that the source repository is the one expected with --source. Expected: github.com/owner/name. Found: github.com/evil/name.",
        },
        "ruleId": "expect-source",
        "ruleIndex": 43,
      },
      {
        "level": "warning",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "dist/c.whl",
              },
            },
          },
        ],
        "message": {
          "text": "the log did not answer",
        },
        "ruleId": "ERR_NETWORK",
        "ruleIndex": 64,
      },
    ]
  `)
})

test("every result points to its rule, and every check is a rule with text", async () => {
  const { version, runs } = await log()
  expect(version).toBe("2.1.0")
  expect(runs).toHaveLength(1)
  const [{ tool, results, invocations } = never()] = runs
  const { rules } = tool.driver
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  expect(rules.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(CHECKS)))
  for (const { shortDescription, help } of rules) {
    expect(shortDescription.text).not.toBe("")
    expect(help.text).not.toBe("")
  }
  for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex]?.id).toBe(ruleId)
  expect(invocations[0]?.exitCode).toBe(1)
})

test.each([
  ["dist/a.whl", "dist/a.whl"],
  ["my dist/ä#1?.whl", "my%20dist/%C3%A4%231%3F.whl"],
  ["/tmp/a b.whl", "file:///tmp/a%20b.whl"],
  ["c:x%41", "c%3Ax%2541"],
  [`sha256:${"a".repeat(64)}`, `sha256%3A${"a".repeat(64)}`],
  ["lone\uD800", "lone%EF%BF%BD"],
])("%j becomes the URI %j", (target, uri) => {
  expect(targetUri(target)).toBe(uri)
  expect(URL.canParse(uri, "file:///base/")).toBe(true)
})

function never(): never {
  throw new Error("no run")
}
