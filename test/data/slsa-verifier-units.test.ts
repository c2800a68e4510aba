import { existsSync, readFileSync } from "node:fs"
import path from "node:path"

import { describe, expect, test } from "vitest"

import type { Identity } from "../../src/core/identity.ts"
import { matchFull, matchLoose, parseBuilderId } from "../../src/policy/slsa-verifier/builder-id.ts"
import {
  checkPredicateBuilder,
  trustBuilder,
} from "../../src/policy/slsa-verifier/builder-trust.ts"
import { checkCertificateSource } from "../../src/policy/slsa-verifier/certificate-workflow.ts"
import { checkDigest } from "../../src/policy/slsa-verifier/digest.ts"
import { decided } from "../../src/policy/slsa-verifier/errors.ts"
import { checkInputs } from "../../src/policy/slsa-verifier/inputs.ts"
import { checkLevels, readLevels } from "../../src/policy/slsa-verifier/levels.ts"
import {
  checkBranch,
  checkBuilderTag,
  checkJreleaserTag,
  checkTag,
  checkTestingTag,
  checkVersionedTag,
  shortRef,
} from "../../src/policy/slsa-verifier/refs.ts"
import { checkSource, normalizeGitUri, splitGitUri } from "../../src/policy/slsa-verifier/source.ts"

const FILE = path.join("../shared/data/slsa-verifier/unit-cases.json")

// oxlint-disable-next-line typescript/no-explicit-any -- each table has arguments of its own.
type Input = any

/** A row of one of slsa-verifier's unit tests: a function's arguments, and `pass` or the class of error. */
interface Row {
  readonly table: string
  readonly name: string
  readonly input: Input
  readonly expect: string
}

const ISSUER = "https://token.actions.githubusercontent.com"
const GENERATOR = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows"
const DELEGATOR = {
  id: { name: `${GENERATOR}/delegator_generic_slsa3.yml`, version: "refs/tags/v1.0.0" },
  isDelegator: true,
}

function identityOf(workflow: Input): Identity {
  return {
    san: { kind: "uri", value: workflow.SubjectWorkflow },
    issuer: workflow.Issuer,
    sourceRepository: `https://github.com/${workflow.SourceRepository}`,
    sourceCommit: workflow.SourceSha1,
    trigger: workflow.BuildTrigger,
  }
}

/** What each table calls. Rows about the builders of npm packages and rows of functions that we have no counterpart of are not here. */
const TABLES: Readonly<Record<string, (input: Input) => unknown>> = {
  Test_VerifyBuilderIdentity: ({ workflow, buildOpts }) =>
    trustBuilder(
      identityOf(workflow),
      buildOpts?.ExpectedID ?? undefined,
      "verify-artifact",
      false,
    ),
  Test_VerifyCertficateSourceRepository: ({ workflow, source }) =>
    checkCertificateSource(source, identityOf(workflow)),
  Test_verifyTrustedBuilderRef: ({ callerRepo, builderRef, testingEnabled = false }) =>
    trustBuilder(
      {
        san: { kind: "uri", value: `${GENERATOR}/generator_generic_slsa3.yml@${builderRef}` },
        issuer: ISSUER,
        sourceRepository: `https://github.com/${callerRepo}`,
      },
      undefined,
      "verify-artifact",
      testingEnabled,
    ),
  Test_VerifyDigest: ({ prov, artifactHash }) =>
    checkDigest(
      (prov.subjects ?? []).map(({ Digest }: Input) => ({ digest: Digest })),
      artifactHash,
    ),
  Test_verifySourceURI: (input) =>
    checkSource({
      expected: input.expectedSourceURI,
      sourceUri: input.provMaterialsURI ?? "",
      triggerUri: input.provTriggerURI ?? "",
      mayLackRef: input.provBuildType?.endsWith("/delegator-generic@v0") === true,
    }),
  Test_isValidDelegatorBuilderID: ({ builderID, sourceURI, testingEnabled = false }) =>
    checkPredicateBuilder({
      trusted: DELEGATOR,
      claimed: builderID,
      sourceUri: sourceURI,
      builderId: builderID.split("@", 1)[0],
      testing: testingEnabled,
    }),
  Test_verifyBuilderIDExactMatch: ({ builderID, expectedID }) =>
    matchFull(expectedID, parseBuilderId(builderID), false),
  Test_VerifyBranch: ({ prov, branch }) => checkBranch(branch, prov.branch ?? ""),
  Test_VerifyTag: ({ prov, tag }) => checkTag(tag, prov.tag ?? ""),
  Test_VerifyVersionedTag: ({ prov, tag }) => checkVersionedTag(tag, prov.tag ?? ""),
  Test_VerifyWorkflowInputs: ({ prov, inputs }) =>
    checkInputs(new Map(Object.entries(inputs ?? {})), prov.workflowInputs ?? {}),
  Test_matchVerifiedLevels: ({ vsa, vsaOpts }) =>
    checkLevels(vsaOpts.ExpectedVerifiedLevels ?? [], vsa.Predicate.VerifiedLevels ?? []),
  Test_extractSLSALevels: ({ levels, want }) =>
    same(Object.fromEntries(readLevels(levels).tracks), want),
  Test_ParseBuilderID: ({ builderID = "" }) => parseBuilderId(builderID),
  Test_BuilderIDNew: ({ trustedBuilderID }) => parseBuilderId(trustedBuilderID),
  Test_MatchesLoose: ({ trustedBuilderID, match, allowRef = false }) =>
    matchLoose(match, parseBuilderId(trustedBuilderID), allowRef),
  Test_MatchesFull: ({ trustedBuilderID, match, allowRef = false }) =>
    matchFull(match, parseBuilderId(trustedBuilderID), allowRef),
  Test_IsValidBuilderTag: ({ ref, testing = false }) =>
    testing === true ? checkTestingTag(ref) : checkBuilderTag(ref),
  Test_IsValidJreleaserBuilderTag: ({ ref }) => checkJreleaserTag(ref),
  Test_NormalizeGitURI: ({ uri, expected }) => same(normalizeGitUri(uri), expected),
  Test_ParseGitURIAndRef: ({ uri, expectedURI, expectedRef }) =>
    same(splitGitUri(uri), { repository: expectedURI, ref: expectedRef }),
  Test_ValidateGitRef: ({ ref, typ, expectedRef }) => same(shortRef(ref, typ), expectedRef),
}

/** Rows whose question is not asked in this form here, with the reason. */
const NOT_ASKED: Readonly<Record<string, string>> = {
  "Test_VerifyBuilderIdentity: valid workflow identity with fully qualified source - mismatch defaults":
    "the defaults of container images, which are not ours",
  "Test_VerifyDigest: invalid dsse: nil subject":
    "a statement without subjects is refused as what it is, ErrorInvalidDssePayload, before digests are compared",
  "Test_verifySourceURI: match source no git no material ref (npm)":
    "npm's build type, which is not ours",
  "Test_ValidateGitRef: no type ": "a ref is always asked for its type here",
  "Test_ValidateGitRef: no type with slash": "a ref is always asked for its type here",
}

function same(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected)
}

const rows: readonly Row[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : []
const ours = rows.filter(
  ({ table, name, input }) =>
    // Whether there is a version is asked where one is needed.
    !(input.needVersion === true && /^Test_(?:ParseBuilderID|BuilderIDNew)$/.test(table)) &&
    Object.hasOwn(TABLES, table) &&
    !Object.hasOwn(NOT_ASKED, `${table}: ${name}`),
)

describe.skipIf(rows.length === 0)("slsa-verifier's unit rows", () => {
  test("are the greater part of them", () => {
    expect(ours.length).toBeGreaterThan(250)
  })

  test("are all known where they are left out", () => {
    const names = rows.map(({ table, name }) => `${table}: ${name}`)
    expect(names).toEqual(expect.arrayContaining(Object.keys(NOT_ASKED)))
  })

  test.each(ours)("$table: $name", ({ table, input, expect: expected }) => {
    const outcome = decided(() => {
      TABLES[table]?.(input)
      return { errorClass: "pass" }
    })
    expect(outcome.errorClass).toBe(expected)
  })
})
