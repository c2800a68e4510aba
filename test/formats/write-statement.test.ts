import { existsSync, readFileSync } from "node:fs"

import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import { parseSha256 } from "../../src/core/digest.ts"
import type { GithubBuild, GitlabBuild } from "../../src/formats/build-context.ts"
import { parseStatement } from "../../src/formats/statement.ts"
import { writeProvenance, writePublish } from "../../src/formats/write-statement.ts"
import { CIRCLE, GITHUB, GITLAB, KEY, PERSON } from "../support/builds.ts"

const SHA256 = parseSha256("ab".repeat(32))
const WHEEL = { name: "rocket-1.0.0-py3-none-any.whl", sha256: SHA256 }
const SDIST = { name: "rocket-1.0.0.tar.gz", sha256: parseSha256("cd".repeat(32)) }

function text(statement: Uint8Array): string {
  return Buffer.from(statement).toString()
}

function json(statement: Uint8Array): unknown {
  return JSON.parse(text(statement))
}

test("GitHub's build type, member for member", () => {
  expect(json(writeProvenance([WHEEL, SDIST], GITHUB))).toEqual({
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      { name: WHEEL.name, digest: { sha256: WHEEL.sha256 } },
      { name: SDIST.name, digest: { sha256: SDIST.sha256 } },
    ],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "https://actions.github.io/buildtypes/workflow/v1",
        externalParameters: {
          workflow: {
            ref: "refs/tags/v1.0.0",
            repository: "https://github.com/acme/rocket",
            path: ".github/workflows/release.yml",
          },
        },
        internalParameters: {
          github: {
            event_name: "push",
            repository_id: "851894824",
            repository_owner_id: "180348046",
            runner_environment: "github-hosted",
          },
        },
        resolvedDependencies: [
          {
            uri: "git+https://github.com/acme/rocket@refs/tags/v1.0.0",
            digest: { gitCommit: "4d329c75e7ec1725f7c9ce917a8799d408d06be3" },
          },
        ],
      },
      runDetails: {
        builder: {
          id: "https://github.com/acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
        },
        metadata: {
          invocationId: "https://github.com/acme/rocket/actions/runs/10818226125/attempts/1",
        },
      },
    },
  })
})

test("a reusable workflow is the builder, and the calling one the parameter", () => {
  const jobWorkflowRef = `acme/builder/.github/workflows/sign.yml@${"f".repeat(40)}`
  const { predicate } = parseStatement(writeProvenance([WHEEL], { ...GITHUB, jobWorkflowRef }))
  expect(predicate).toMatchObject({
    kind: "provenance",
    claim: {
      builder: `https://github.com/${jobWorkflowRef}`,
      workflow: ".github/workflows/release.yml",
    },
  })
})

test("a ref with an @ leaves the path as it is", () => {
  const ref = "refs/tags/a@1"
  const workflowRef = `acme/rocket/.github/workflows/release.yml@${ref}`
  const { predicate } = parseStatement(writeProvenance([WHEEL], { ...GITHUB, ref, workflowRef }))
  expect(predicate).toMatchObject({
    claim: { sourceRef: ref, workflow: ".github/workflows/release.yml" },
  })
})

test("GitLab in the same form", () => {
  const { predicate } = parseStatement(writeProvenance([WHEEL], GITLAB))
  expect(predicate).toEqual({
    kind: "provenance",
    claim: {
      builder: "https://gitlab.com/acme/rocket//.gitlab-ci.yml@refs/tags/v1.0.0",
      buildType: "urn:wheelproof:build-type:gitlab-ci:v1",
      sourceRepository: "https://gitlab.com/acme/rocket",
      sourceRef: "refs/tags/v1.0.0",
      sourceCommit: "4d329c75e7ec1725f7c9ce917a8799d408d06be3",
      workflow: ".gitlab-ci.yml",
      workflowRef: "refs/tags/v1.0.0",
      trigger: "push",
      runner: "gitlab-hosted",
      repositoryId: "20",
      ownerId: "72",
      resolvedDependencies: [
        {
          uri: "git+https://gitlab.com/acme/rocket@refs/tags/v1.0.0",
          digest: new Map([["gitCommit", "4d329c75e7ec1725f7c9ce917a8799d408d06be3"]]),
        },
      ],
    },
  })
  expect(json(writeProvenance([WHEEL], GITLAB))).toMatchObject({
    predicate: {
      runDetails: { metadata: { invocationId: "https://gitlab.com/acme/rocket/-/jobs/302" } },
    },
  })
})

test("CircleCI, which knows no commit", () => {
  expect(json(writeProvenance([WHEEL], CIRCLE))).toMatchObject({
    predicate: {
      buildDefinition: {
        buildType: "urn:wheelproof:build-type:circleci:v1",
        externalParameters: {
          pipeline: {
            project_id: "f1d9f4b0-8c4a-4c39-9f63-7a2f8f1d2e02",
            pipeline_definition_id: "0d5b3c7a-2e41-5f0b-8a0e-6c9d4e5f7a03",
          },
        },
        resolvedDependencies: [{ uri: "git+https://github.com/acme/rocket@refs/tags/v1.0.0" }],
      },
      runDetails: {
        builder: {
          id: "https://circleci.com/api/v2/projects/f1d9f4b0-8c4a-4c39-9f63-7a2f8f1d2e02/pipeline-definitions/0d5b3c7a-2e41-5f0b-8a0e-6c9d4e5f7a03",
        },
      },
    },
  })
  const nowhere = { ...CIRCLE, repository: undefined, ref: undefined }
  expect(text(writeProvenance([WHEEL], nowhere))).not.toContain("resolvedDependencies")
  const { predicate } = parseStatement(writeProvenance([WHEEL], { ...CIRCLE, ref: undefined }))
  expect(predicate).toMatchObject({ claim: { sourceRepository: "https://github.com/acme/rocket" } })
})

test.each([PERSON, KEY])("on a machine of one's own nothing is claimed", (context) => {
  expect(json(writeProvenance([WHEEL], context))).toMatchObject({
    predicate: {
      buildDefinition: { buildType: "urn:wheelproof:build-type:local:v1", externalParameters: {} },
      runDetails: { builder: { id: "urn:wheelproof:builder:local" } },
    },
  })
})

test("no statement holds a person's address", () => {
  for (const context of [GITHUB, GITLAB, CIRCLE, PERSON, KEY]) {
    expect(text(writeProvenance([WHEEL], context))).not.toMatch(/[\w.]+@[\w-]+\.\w+(?!\/)/)
  }
})

test("the publish attestation has no predicate", () => {
  expect(text(writePublish(WHEEL))).toBe(
    `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"rocket-1.0.0-py3-none-any.whl","digest":{"sha256":"${SHA256}"}}],"predicateType":"https://docs.pypi.org/attestations/publish/v1","predicate":null}`,
  )
})

test("whatever the build, what is written is read back as it was", () => {
  const word = fc.stringMatching(/^[\w-]{1,12}$/)
  const ref = word.map((name) => `refs/heads/${name}`)
  const commit = fc.stringMatching(/^[0-9a-f]{40}$/)
  const github = fc
    .record({ repository: fc.tuple(word, word), ref, commit, trigger: word, file: word })
    .map(({ repository, file, ...rest }): GithubBuild => {
      const name = repository.join("/")
      const workflowRef = `${name}/.github/workflows/${file}.yml@${rest.ref}`
      return { ...GITHUB, ...rest, repository: name, workflowRef, jobWorkflowRef: workflowRef }
    })
  const gitlab = fc
    .record({ project: fc.tuple(word, word), ref, commit, trigger: word, configPath: word })
    .map(({ project, ...rest }): GitlabBuild => ({
      ...GITLAB,
      ...rest,
      project: project.join("/"),
    }))
  fc.assert(
    fc.property(fc.oneof(github, gitlab), (build) => {
      const { predicate } = parseStatement(writeProvenance([WHEEL], build))
      const path =
        build.kind === "github" ? build.workflowRef.replace(/@.*$/, "") : build.configPath
      expect(predicate).toMatchObject({
        kind: "provenance",
        claim: { sourceRef: build.ref, sourceCommit: build.commit, trigger: build.trigger },
      })
      expect(
        predicate.kind === "provenance" && path.endsWith(predicate.claim.workflow ?? "?"),
      ).toBe(true)
    }),
  )
})

const REAL = "../shared/data/github/gh-attest-public-2024-09.statement.json"

describe.skipIf(!existsSync(REAL))("GitHub's own action", () => {
  test("has the same members in the same places", () => {
    const real: unknown = JSON.parse(readFileSync(REAL, "utf8"))
    expect(membersOf(json(writeProvenance([WHEEL], GITHUB)))).toEqual(membersOf(real))
  })
})

/** The paths of all members, in order. */
function membersOf(value: unknown, path = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [path]
  return Object.entries(value).flatMap(([name, member]) => membersOf(member, `${path}.${name}`))
}
