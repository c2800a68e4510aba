import { existsSync, readFileSync } from "node:fs"
import path from "node:path"

import { describe, expect, test } from "vitest"

import { isVerified, verify } from "../../src/index.ts"
import type { Expectation } from "../../src/core/expectation.ts"

const DATA = "../shared/data/pypi"

/** One case of the data's index; its members are described there. */
interface Case {
  readonly id: string
  readonly file?: string | null
  readonly dist?: { readonly name?: string; readonly digest: string }
  readonly attestation?: string
  readonly provenance?: string
  readonly expected: Readonly<Record<string, string>>
  readonly instance: string
  readonly result: "ok" | "fail"
}

/** These two are one file with two answers: whether a timestamp is wanted beside a Rekor v1 promise is the client's choice. */
const CHOICES = new Set(["ts-rekor2", "rekor2-without-timestamps"])

const cases: readonly Case[] = existsSync(DATA)
  ? JSON.parse(readFileSync(path.join(DATA, "index.json"), "utf8")).cases
  : []
const decidable = cases.filter(
  ({ id, file, dist }) => !CHOICES.has(id) && (file !== undefined || dist !== undefined),
)

describe.skipIf(cases.length === 0)("PyPI's attestations", () => {
  test("have cases", () => {
    expect(decidable.length).toBeGreaterThan(30)
  })

  test.each(decidable)("$id is $result", async (one) => {
    const { file, dist } = one
    const target = typeof file !== "string" ? `sha256:${dist?.digest}` : path.join(DATA, file)
    const report = await verify(target, {
      provenance: [path.join(DATA, one.attestation ?? one.provenance ?? "")],
      expectation: expectationOf(one.expected),
      trustedRoot: path.join(DATA, "trust", `${one.instance}.trusted_root.json`),
      offline: true,
      ...(typeof file !== "string" && dist?.name !== undefined ? { name: dist.name } : {}),
    })
    expect(isVerified(report)).toBe(one.result === "ok")
  })
})

function expectationOf(expected: Case["expected"]): Expectation {
  const { kind, repository = "", workflow, workflow_filepath: file, email, identity } = expected
  switch (kind) {
    case "GitHub":
      return { source: `github.com/${repository}`, workflow: workflow ?? "" }
    case "GitLab":
      return { source: `gitlab.com/${repository}`, workflow: file ?? "" }
    case "Google":
      return { identity: email ?? "", issuer: "https://accounts.google.com" }
    case "CircleCI":
      return {
        identity: `https://circleci.com/api/v2/projects/${expected["project_id"]}/pipeline-definitions/${expected["pipeline_definition_id"]}`,
        issuer: "https://oidc.circleci.com",
        source: expected["vcs_origin"] ?? "",
        sourceRef: expected["vcs_ref"] ?? "",
      }
    case undefined:
    default:
      return {
        identity: identity ?? "",
        ...(expected["issuer"] === undefined ? {} : { issuer: expected["issuer"] }),
      }
  }
}
