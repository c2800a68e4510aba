import { createHash } from "node:crypto"

import { describe, expect, test } from "vitest"

import type { CheckId } from "../../src/core/checks.ts"
import { GENERATOR_IDENTITY, GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import {
  slsaV02Statement,
  slsaV1Statement,
  subjectOf,
} from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { judge, NOW, WHEEL, WHEEL_NAME, wheelSubject } from "../support/judge.ts"

const world = createWorld({ now: NOW })
const signer = world.createSigner()
const generator = world.createSigner({ identity: GENERATOR_IDENTITY })
const OTHER = Buffer.from("the bytes of another file")

type V1 = ReturnType<typeof slsaV1Statement>
type V02 = ReturnType<typeof slsaV02Statement>

/** The provenance of the wheel, really signed, with a change that its signer made to it. */
function v1(change: (statement: V1) => void): object {
  const statement = slsaV1Statement([wheelSubject()])
  change(statement)
  return world.signPayload(statement, { signer })
}

function v02(change: (statement: V02) => void): object {
  const statement = slsaV02Statement([wheelSubject()])
  change(statement)
  return world.signPayload(statement, { signer: generator })
}

const LIES_V1: readonly (readonly [lie: string, check: CheckId, change: (s: V1) => void])[] = [
  [
    "another builder",
    "claim-builder",
    ({ predicate }) => (predicate.runDetails.builder.id = GENERATOR_IDENTITY.san.value),
  ],
  [
    "a hosted runner as builder, on a self-hosted one",
    "claim-builder",
    ({ predicate }) =>
      (predicate.runDetails.builder.id = "https://github.com/actions/runner/self-hosted"),
  ],
  [
    "another repository, plainly, with nothing else to go by",
    "claim-repository",
    ({ predicate: { buildDefinition } }) => {
      Object.assign(buildDefinition, {
        externalParameters: {},
        resolvedDependencies: [
          {
            uri: "https://github.com/acme/moon",
            digest: { gitCommit: GITHUB_IDENTITY.sourceCommit },
          },
        ],
      })
    },
  ],
  [
    "another repository, as a parameter of its own",
    "claim-repository",
    ({ predicate: { buildDefinition } }) => {
      const externalParameters = { repository: "https://github.com/acme/moon" }
      Object.assign(buildDefinition, { externalParameters, resolvedDependencies: [] })
    },
  ],
  [
    "the same run of another repository",
    "claim-run",
    ({ predicate: { runDetails } }) => {
      runDetails.metadata.invocationId = GITHUB_IDENTITY.runUri.replace("rocket", "moon")
    },
  ],
  [
    "another commit, under another algorithm's name",
    "claim-commit",
    ({ predicate: { buildDefinition } }) => {
      buildDefinition.resolvedDependencies[0] = {
        uri: `git+https://github.com/acme/rocket@${GITHUB_IDENTITY.sourceRef}`,
        digest: { sha256: "a".repeat(64) },
      }
    },
  ],
  [
    "another repository",
    "claim-repository",
    ({ predicate: { buildDefinition } }) => {
      buildDefinition.externalParameters.workflow.repository = "https://github.com/acme/moon"
      buildDefinition.resolvedDependencies[0] = {
        uri: `git+https://github.com/acme/moon@${GITHUB_IDENTITY.sourceRef}`,
        digest: { gitCommit: GITHUB_IDENTITY.sourceCommit },
      }
    },
  ],
  [
    "another ref",
    "claim-ref",
    ({ predicate }) =>
      (predicate.buildDefinition.externalParameters.workflow.ref = "refs/tags/v2.0.0"),
  ],
  [
    "another commit",
    "claim-commit",
    ({ predicate }) =>
      (predicate.buildDefinition.resolvedDependencies[0] = {
        uri: `git+https://github.com/acme/rocket@${GITHUB_IDENTITY.sourceRef}`,
        digest: { gitCommit: "0".repeat(40) },
      }),
  ],
  [
    "another workflow",
    "claim-workflow",
    ({ predicate }) =>
      (predicate.buildDefinition.externalParameters.workflow.path = ".github/workflows/test.yml"),
  ],
  [
    "another trigger",
    "claim-trigger",
    ({ predicate }) =>
      (predicate.buildDefinition.internalParameters.github["event_name"] = "release"),
  ],
  [
    "another run",
    "claim-run",
    ({ predicate }) =>
      (predicate.runDetails.metadata.invocationId =
        "https://github.com/acme/rocket/actions/runs/1/attempts/1"),
  ],
  [
    "another attempt",
    "claim-run",
    ({ predicate }) =>
      (predicate.runDetails.metadata.invocationId = GITHUB_IDENTITY.runUri.replace(/1$/, "2")),
  ],
  [
    "another repository id",
    "claim-repository-id",
    ({ predicate }) => (predicate.buildDefinition.internalParameters.github["repository_id"] = "1"),
  ],
  [
    "another owner id",
    "claim-owner-id",
    ({ predicate }) =>
      (predicate.buildDefinition.internalParameters.github["repository_owner_id"] = "1"),
  ],
  [
    "another kind of runner",
    "claim-runner",
    ({ predicate }) =>
      (predicate.buildDefinition.internalParameters.github["runner_environment"] = "self-hosted"),
  ],
]

const LIES_V02: readonly (readonly [lie: string, check: CheckId, change: (s: V02) => void])[] = [
  [
    "another builder",
    "claim-builder",
    ({ predicate }) => (predicate.builder.id = GITHUB_IDENTITY.san.value),
  ],
  [
    "another repository",
    "claim-repository",
    ({ predicate }) => {
      const uri = `git+https://github.com/acme/moon@${GITHUB_IDENTITY.sourceRef}`
      predicate.invocation.configSource.uri = uri
      predicate.materials = [{ uri, digest: predicate.invocation.configSource.digest }]
    },
  ],
  [
    "another ref",
    "claim-ref",
    ({ predicate }) => {
      const uri = "git+https://github.com/acme/rocket@refs/heads/main"
      predicate.invocation.environment["github_ref"] = "refs/heads/main"
      predicate.invocation.configSource.uri = uri
      predicate.materials = [{ uri, digest: predicate.invocation.configSource.digest }]
    },
  ],
  [
    "another commit",
    "claim-commit",
    ({ predicate }) => {
      predicate.invocation.configSource.digest = { sha1: "0".repeat(40) }
      predicate.invocation.environment["github_sha1"] = "0".repeat(40)
      predicate.materials = [
        { uri: predicate.invocation.configSource.uri, digest: { sha1: "0".repeat(40) } },
      ]
    },
  ],
  [
    "another workflow",
    "claim-workflow",
    ({ predicate }) => (predicate.invocation.configSource.entryPoint = "test.yml"),
  ],
  [
    "another trigger",
    "claim-trigger",
    ({ predicate }) => (predicate.invocation.environment["github_event_name"] = "schedule"),
  ],
  [
    "another run",
    "claim-run",
    ({ predicate }) => {
      predicate.invocation.environment["github_run_id"] = "1"
      predicate.metadata["buildInvocationID"] = "1-1"
    },
  ],
  [
    "another repository id",
    "claim-repository-id",
    ({ predicate }) => (predicate.invocation.environment["github_repository_id"] = "1"),
  ],
  [
    "another owner id",
    "claim-owner-id",
    ({ predicate }) => (predicate.invocation.environment["github_repository_owner_id"] = "1"),
  ],
]

/** Statements that say one thing in one place and another in another. */
const CONTRADICTIONS: readonly (readonly [what: string, document: object])[] = [
  [
    "repositories",
    v1(
      ({ predicate: { buildDefinition } }) =>
        (buildDefinition.externalParameters.workflow.repository = "https://github.com/acme/moon"),
    ),
  ],
  [
    "the source repository",
    v02(({ predicate }) => (predicate.invocation.environment["github_repository"] = "acme/moon")),
  ],
  [
    "the source ref",
    v02(({ predicate }) => (predicate.invocation.environment["github_ref"] = "refs/heads/main")),
  ],
  [
    "the source commit",
    v02(({ predicate }) => {
      const { uri } = predicate.invocation.configSource
      predicate.materials = [{ uri, digest: { sha1: "0".repeat(40) } }]
    }),
  ],
  [
    "the source commit",
    v02(({ predicate }) => (predicate.invocation.environment["github_sha1"] = "0".repeat(40))),
  ],
  ["the run", v02(({ predicate }) => (predicate.invocation.environment["github_run_id"] = "1"))],
  [
    "the variable event_name",
    v02(({ predicate }) => (predicate.invocation.environment["GITHUB_EVENT_NAME"] = "release")),
  ],
]

describe("a statement that claims", () => {
  test.each(LIES_V1)("%s than its certificate (v1) is refused", (_lie, check, change) => {
    const { checks, reasons } = judge(world, v1(change))
    expect(new Set(checks)).toEqual(new Set([check]))
    expect(reasons[0]?.expected).toContain("of the certificate")
  })

  test.each(LIES_V02)("%s than its certificate (v0.2) is refused", (_lie, check, change) => {
    expect(new Set(judge(world, v02(change)).checks)).toEqual(new Set([check]))
  })

  test("nothing of that counts where only signatures are asked for", () => {
    const [, , change] = LIES_V1[0] ?? []
    const document = v1((statement) => change?.(statement))
    expect(judge(world, document, { statementCounts: false }).checks).toEqual([])
  })

  test.each(CONTRADICTIONS)("two values for %s is refused", (what, document) => {
    const { checks, reasons } = judge(world, document)
    expect(checks).toEqual(["predicate"])
    expect(reasons[0]?.found).toContain(what)
  })
})

const sha512 = (bytes: Uint8Array): string => createHash("sha512").update(bytes).digest("hex")

const SUBJECTS: readonly (readonly [what: string, check: CheckId, change: (s: V1) => void])[] = [
  ["about another file", "subject-digest", (s) => (s.subject = [subjectOf(WHEEL_NAME, OTHER)])],
  ["without subjects", "subject-digest", (s) => (s.subject = [])],
  [
    "with our digest under another algorithm's name",
    "evidence-malformed",
    (s) =>
      (s.subject = [
        { name: WHEEL_NAME, digest: { sha512: wheelSubject().digest["sha256"] ?? "" } },
      ]),
  ],
  [
    "with our digest in upper case",
    "evidence-malformed",
    (s) =>
      (s.subject = [
        {
          name: WHEEL_NAME,
          digest: { sha256: (wheelSubject().digest["sha256"] ?? "").toUpperCase() },
        },
      ]),
  ],
  [
    "whose digests disagree",
    "subject-conflict",
    (s) =>
      (s.subject = [
        { name: WHEEL_NAME, digest: { ...wheelSubject().digest, sha512: sha512(OTHER) } },
      ]),
  ],
  [
    "with two contents under one name",
    "subject-conflict",
    (s) => (s.subject = [wheelSubject(), subjectOf(WHEEL_NAME, OTHER)]),
  ],
  [
    "about our bytes under another project's name",
    "subject-name",
    (s) => (s.subject = [subjectOf("comet-1.0.0-py3-none-any.whl", WHEEL)]),
  ],
  [
    "about our bytes under another version",
    "subject-name",
    (s) => (s.subject = [subjectOf("rocket-1.0.1-py3-none-any.whl", WHEEL)]),
  ],
  [
    "of an unknown type",
    "statement",
    (s) => Object.assign(s, { _type: "https://in-toto.io/Statement/v2" }),
  ],
  [
    "about an image",
    "evidence-scope",
    (s) => (s.subject = [{ ...wheelSubject(), name: "pkg:docker/acme/rocket@1.0.0" }]),
  ],
  [
    "about an npm package",
    "evidence-scope",
    (s) => (s.subject = [{ ...wheelSubject(), name: "pkg:npm/rocket@1.0.0" }]),
  ],
  [
    "that is a list of components",
    "predicate-type",
    (s) => (s.predicateType = "https://spdx.dev/Document/v2.3"),
  ],
  [
    "with a predicate of another shape",
    "predicate",
    (s) => Object.assign(s, { predicate: { buildDefinition: 7 } }),
  ],
]

describe("a statement", () => {
  test.each(SUBJECTS)("%s is refused", (_what, check, change) => {
    expect(judge(world, v1(change)).checks).toEqual([check])
  })

  test("with every digest right verifies", () => {
    const document = v1(
      (s) =>
        (s.subject = [
          { name: WHEEL_NAME, digest: { ...wheelSubject().digest, sha512: sha512(WHEEL) } },
        ]),
    )
    expect(judge(world, document).checks).toEqual([])
  })

  test("of another payload type is refused", () => {
    const bundle = world.signPayload(slsaV1Statement([wheelSubject()]), {
      payloadType: "text/plain",
    })
    expect(judge(world, bundle).checks).toEqual(["payload-type"])
  })

  test("among many subjects, spelled otherwise, verifies", () => {
    const document = v1(
      (s) =>
        (s.subject = [
          subjectOf("other.txt", OTHER),
          subjectOf("Rocket-1.0-py3-none-any.whl", WHEEL),
        ]),
    )
    expect(judge(world, document).checks).toEqual([])
  })
})
