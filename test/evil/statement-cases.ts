import { createHash } from "node:crypto"

import { GENERATOR_IDENTITY, GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import { subjectOf } from "../../src/world/sigstore/statements.ts"
import { WHEEL, WHEEL_NAME, wheelSubject } from "../support/judge.ts"
import { type EvilCase, lie, lieInText } from "./exhibit.ts"

const form = "statement"
const OTHER = Buffer.from("the bytes of another file")
const { sourceRef, sourceCommit, runUri } = GITHUB_IDENTITY
const EVIL_REPOSITORY = "https://github.com/evil/rocket"
const SHA256 = wheelSubject().digest["sha256"] ?? ""

/** What a statement can say that its certificate does not. */
export const CLAIM_CASES: readonly EvilCase[] = [
  {
    name: "another repository",
    form,
    by: "claim-repository",
    make: () =>
      lie(({ predicate: { buildDefinition } }) => {
        buildDefinition.externalParameters.workflow.repository = EVIL_REPOSITORY
        buildDefinition.resolvedDependencies = [
          { uri: `git+${EVIL_REPOSITORY}@${sourceRef}`, digest: { gitCommit: sourceCommit } },
        ]
      }),
  },
  {
    name: "another commit",
    form,
    by: "claim-commit",
    make: () =>
      lie(({ predicate: { buildDefinition } }) => {
        for (const { digest } of buildDefinition.resolvedDependencies)
          digest["gitCommit"] = "0".repeat(40)
      }),
  },
  {
    name: "another ref",
    form,
    by: "claim-ref",
    make: () =>
      lie(({ predicate: { buildDefinition } }) => {
        buildDefinition.externalParameters.workflow.ref = "refs/tags/v2.0.0"
        for (const one of buildDefinition.resolvedDependencies) {
          one.uri = one.uri.replace(sourceRef, "refs/tags/v2.0.0")
        }
      }),
  },
  {
    name: "another workflow",
    form,
    by: "claim-workflow",
    make: () =>
      lie(({ predicate: { buildDefinition } }) => {
        buildDefinition.externalParameters.workflow.path = ".github/workflows/audited.yml"
      }),
  },
  {
    name: "another builder",
    form,
    by: "claim-builder",
    make: () =>
      lie(({ predicate: { runDetails } }) => {
        runDetails.builder.id = GENERATOR_IDENTITY.san.value
      }),
  },
  {
    name: "another run",
    form,
    by: "claim-run",
    make: () =>
      lie(({ predicate: { runDetails } }) => {
        runDetails.metadata.invocationId = runUri.replace(/runs\/[0-9]+/, "runs/1")
      }),
  },
  {
    name: "another trigger",
    form,
    by: "claim-trigger",
    make: () => lie((statement) => setGithub(statement, "event_name", "release")),
  },
  {
    name: "another repository id",
    form,
    by: "claim-repository-id",
    make: () => lie((statement) => setGithub(statement, "repository_id", "1")),
  },
  {
    name: "another owner id",
    form,
    by: "claim-owner-id",
    make: () => lie((statement) => setGithub(statement, "repository_owner_id", "1")),
  },
  {
    name: "another kind of runner",
    form,
    by: "claim-runner",
    make: () => lie((statement) => setGithub(statement, "runner_environment", "self-hosted")),
  },
  {
    name: "two commits of one repository",
    form,
    by: "predicate",
    make: () =>
      lie(({ predicate: { buildDefinition } }) => {
        const [first] = buildDefinition.resolvedDependencies
        buildDefinition.resolvedDependencies.push({
          uri: first?.uri ?? "",
          digest: { gitCommit: "0".repeat(40) },
        })
      }),
  },
]

function setGithub(
  statement: Parameters<Parameters<typeof lie>[0]>[0],
  name: string,
  value: string,
): void {
  statement.predicate.buildDefinition.internalParameters.github[name] = value
}

/** What can be wrong with a statement as a document about a file. */
export const STATEMENT_CASES: readonly EvilCase[] = [
  {
    name: "a subject that is another file",
    form,
    by: "subject-digest",
    make: () => lie((statement) => void (statement.subject = [subjectOf(WHEEL_NAME, OTHER)])),
  },
  {
    name: "no subjects",
    form,
    by: "evidence-present",
    inCore: "subject-digest",
    make: () => lie((statement) => void (statement.subject = [])),
  },
  {
    name: "a subject whose digests disagree",
    form,
    by: "subject-conflict",
    make: () =>
      lie((statement) => {
        const sha512 = createHash("sha512").update(OTHER).digest("hex")
        statement.subject = [{ name: WHEEL_NAME, digest: { sha256: SHA256, sha512 } }]
      }),
  },
  {
    name: "two contents under one name",
    form,
    by: "subject-conflict",
    make: () => lie(({ subject }) => void subject.push(subjectOf(WHEEL_NAME, OTHER))),
  },
  {
    name: "the digest under another algorithm's name",
    form,
    by: "evidence-malformed",
    make: () =>
      lie((statement) => {
        statement.subject = [{ name: WHEEL_NAME, digest: { sha512: SHA256 } }]
      }),
  },
  {
    name: "the digest in capitals",
    form,
    by: "evidence-malformed",
    make: () =>
      lie((statement) => {
        statement.subject = [{ name: WHEEL_NAME, digest: { sha256: SHA256.toUpperCase() } }]
      }),
  },
  {
    name: "the file under another project's name",
    form,
    by: "subject-name",
    make: () =>
      lie(
        (statement) =>
          void (statement.subject = [subjectOf("comet-1.0.0-py3-none-any.whl", WHEEL)]),
      ),
  },
  {
    name: "a statement of an unknown type",
    form,
    by: "statement",
    make: () =>
      lie(
        (statement) => void Object.assign(statement, { _type: "https://in-toto.io/Statement/v9" }),
      ),
  },
  {
    name: "a list of components in place of provenance",
    form,
    by: "predicate-type",
    make: () =>
      lie((statement) => void (statement.predicateType = "https://spdx.dev/Document/v2.3")),
  },
  {
    name: "the subjects twice, first another file",
    form,
    by: "evidence-malformed",
    make: () =>
      lieInText((text) =>
        text.replace(
          '"subject":',
          `"subject":${JSON.stringify([subjectOf(WHEEL_NAME, OTHER)])},"subject":`,
        ),
      ),
  },
  {
    name: "a statement that is not UTF-8",
    form,
    by: "evidence-malformed",
    make: () =>
      lieInText((text) =>
        Buffer.from(text.replace('"predicate":{', '"predicate":{"x":"\u00ff",'), "latin1"),
      ),
  },
  {
    name: "half a surrogate pair in a statement",
    form,
    by: "evidence-malformed",
    make: () => lieInText((text) => text.replace('"predicate":{', '"predicate":{"x":"\\ud800",')),
  },
  {
    name: "text behind a statement",
    form,
    by: "evidence-malformed",
    make: () => lieInText((text) => `${text} evil`),
  },
]
