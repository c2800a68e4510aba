import { expect, test } from "vitest"

import { JSON_FIELDS } from "../../../scripts/docs/json-fields.ts"
import { leaves, REPORT, run, transcript } from "../support.ts"

const verify = async () => REPORT
const nothing = async () => ({ results: [], notes: [] })

test("one document", async () => {
  const { stdout, stderr, exit } = await run(["verify", "dist", "--format", "json"], { verify })
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: "" })
  expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
    {
      "counts": {
        "rejected": 1,
        "undecided": 1,
        "verified": 1,
      },
      "exitCode": 1,
      "notes": [
        "1 file was skipped",
      ],
      "outcome": "rejected",
      "results": [
        {
          "digests": {
            "sha256": "abababababababababababababababababababababababababababababababab",
          },
          "name": "a.whl",
          "proof": {
            "claim": {
              "builder": "https://github.com/actions/runner/github-hosted",
              "resolvedDependencies": [
                {
                  "digest": {
                    "gitCommit": "cccccccccccccccccccccccccccccccccccccccc",
                  },
                  "uri": "git+https://github.com/owner/name",
                },
                {
                  "digest": {},
                },
              ],
            },
            "compared": [
              {
                "field": "source",
                "value": "github.com/owner/name",
              },
            ],
            "crossChecked": [
              "repository",
              "ref",
            ],
            "digests": {
              "sha256": "abababababababababababababababababababababababababababababababab",
            },
            "evidence": {
              "form": "sigstore-bundle-v0.3",
              "origin": "dist/bundle.json",
            },
            "identity": {
              "buildConfigUri": "https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1",
              "buildSignerUri": "https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1",
              "issuer": "https://token.actions.githubusercontent.com",
              "runUri": "https://github.com/owner/name/actions/runs/1/attempts/1",
              "runnerEnvironment": "github-hosted",
              "san": {
                "kind": "uri",
                "value": "https://github.com/owner/name/.github/workflows/release.yml@refs/tags/v1",
              },
              "sourceCommit": "cccccccccccccccccccccccccccccccccccccccc",
              "sourceRef": "refs/tags/v1",
              "sourceRepository": "https://github.com/owner/name",
              "trigger": "push",
            },
            "instance": "public-good",
            "logEntries": [
              {
                "kind": "dsse/0.0.1",
                "log": "rekor.sigstore.dev",
                "logIndex": "123",
                "proof": "both",
              },
            ],
            "notCompared": [
              {
                "field": "source-ref",
                "value": "refs/tags/v1",
              },
              {
                "field": "workflow",
                "value": "release.yml",
              },
            ],
            "notes": [
              "the evidence is old",
            ],
            "predicateType": "https://slsa.dev/provenance/v1",
            "publisher": {
              "kind": "GitHub",
              "repository": "owner/name",
              "workflow": "release.yml",
            },
            "subject": {
              "count": 2,
              "name": "name-1.0-py3-none-any.whl",
            },
            "times": [
              {
                "authority": "rekor.sigstore.dev",
                "source": "rekor-set",
                "time": "2026-01-02T03:04:05Z",
              },
              {
                "authority": "CN=tsa",
                "source": "rfc3161",
                "time": "2026-01-02T03:04:06Z",
              },
            ],
          },
          "target": "dist/a.whl",
          "verdict": "verified",
        },
        {
          "reasons": [
            {
              "check": "subject-digest",
              "expected": "sha256:abababababababababababababababababababababababababababababababab",
              "found": "2 other subjects",
              "holds": "the file's digest is among the statement's subjects",
              "next": "download the file again; if its digest stays the same, it is not the one that was attested",
              "origin": "dist/bundle.json",
              "why": "the evidence is for another file, or the file was changed after it was attested",
            },
            {
              "check": "expect-source",
              "expected": "github.com/owner/name",
              "found": "github.com/evil/name",
              "holds": "the source repository is the one expected with --source",
              "next": "compare the two names; a fork or a renamed repository has another",
              "why": "a genuine build of another repository, such as a fork, is not the one you asked for",
            },
          ],
          "target": "dist/b.whl",
          "verdict": "rejected",
        },
        {
          "error": {
            "code": "ERR_NETWORK",
            "hint": "try again",
            "message": "the log did not answer",
          },
          "target": "dist/c.whl",
          "verdict": "undecided",
        },
      ],
      "schemaVersion": 1,
      "tool": {
        "name": "wheelproof",
        "version": "0.1.0",
      },
      "trust": {
        "asOf": "2026-11-20T10:00:00Z",
        "instances": [
          "public-good",
        ],
        "notes": [
          "the trust root could not be refreshed",
        ],
        "origin": "https://tuf.example",
        "source": "cache",
        "version": 12,
      },
    }
  `)
})

test("one line a result, then a summary", async () => {
  const { stdout } = await run(["verify", "dist", "--format", "jsonl"], { verify })
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
  const document = JSON.parse(
    (await run(["verify", "dist", "--format", "json"], { verify })).stdout,
  )
  const { results, ...summary } = document
  expect(lines).toEqual([
    ...results.map((result: object) => ({ type: "result", ...result })),
    { type: "summary", ...summary },
  ])
})

test("nothing to verify is still a document, and exit 4", async () => {
  expect(await transcript("verify dist --format json", { verify: nothing })).toMatchInlineSnapshot(`
    "$ wheelproof verify dist --format json
    exit 4
    {
      "schemaVersion": 1,
      "tool": {
        "name": "wheelproof",
        "version": "0.1.0"
      },
      "outcome": "nothing",
      "exitCode": 4,
      "counts": {
        "verified": 0,
        "rejected": 0,
        "undecided": 0
      },
      "notes": [],
      "results": []
    }
    --- stderr
    error: nothing to verify: no distribution was found among the arguments
    hint: name files, or a folder that holds sdists or wheels
    "
  `)
})

test("every field is documented, and every documented field exists", async () => {
  const document = JSON.parse(
    (await run(["verify", "dist", "--format", "json"], { verify })).stdout,
  )
  const documented = JSON_FIELDS.flatMap(([paths]) => paths.split(", "))
  const proof = REPORT.results[0]?.verdict
  expect(proof?.kind).toBe("verified")
  // A key stands in for a certificate, so no one report has both.
  const found = new Set([...leaves(document, documented), "results[].proof.key"])
  expect([...found].toSorted()).toEqual(documented.toSorted())
})
