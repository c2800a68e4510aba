const GENERATOR = "https://github.com/slsa-framework/slsa-github-generator"

/** The folder of slsa-github-generator's reusable workflows; every builder of theirs is below it. */
export const GENERATOR_WORKFLOWS: string = `${GENERATOR}/.github/workflows/`

const GENERIC = `${GENERATOR_WORKFLOWS}generator_generic_slsa3.yml`
const GO = `${GENERATOR_WORKFLOWS}builder_go_slsa3.yml`
const CONTAINER_BASED = `${GENERATOR_WORKFLOWS}builder_container-based_slsa3.yml`
const CONTAINER = `${GENERATOR_WORKFLOWS}generator_container_slsa3.yml`
const BCR_RELEASE =
  "https://github.com/bazel-contrib/.github/.github/workflows/release_ruleset.yaml"
const BCR_PUBLISH = "https://github.com/bazel-contrib/publish-to-bcr/.github/workflows/publish.yaml"

/** Builders that run others' workflows ("bring your own builder"): the certificate shows them, the predicate the delegate. */
export const DELEGATORS: readonly string[] = [
  `${GENERATOR_WORKFLOWS}delegator_generic_slsa3.yml`,
  `${GENERATOR_WORKFLOWS}delegator_lowperms-generic_slsa3.yml`,
]

/** The builders that are trusted when the user names none. */
export const DEFAULT_BUILDERS: Readonly<Record<SlsaCommand, readonly string[]>> = {
  "verify-artifact": [GENERIC, GO, CONTAINER_BASED, ...DELEGATORS],
  "verify-github-attestation": [],
}

/** The commands that judge provenance. */
export type SlsaCommand = "verify-artifact" | "verify-github-attestation"

/** Where the fields of a build type stand (see `fields.ts`). */
export type FieldReader =
  | "lower-case-environment"
  | "delegator"
  | "container-based"
  | "github-workflow"

interface BuildTypeRow {
  readonly predicate: "v0.2" | "v1"
  readonly builders: readonly string[]
  readonly buildTypes: readonly string[]
  readonly reader: FieldReader
}

/** Which build types each builder may claim, and how their predicates are read. A builder outside this table never passes. */
const BUILD_TYPES: readonly BuildTypeRow[] = [
  {
    predicate: "v0.2",
    builders: DELEGATORS,
    buildTypes: [`${GENERATOR}/delegator-generic@v0`],
    reader: "delegator",
  },
  {
    predicate: "v0.2",
    builders: [GO],
    buildTypes: [`${GENERATOR}/go@v1`, `${GENERATOR}@v1`, `${GENERATOR}-go@v1`],
    reader: "lower-case-environment",
  },
  {
    predicate: "v0.2",
    builders: [GENERIC],
    buildTypes: [`${GENERATOR}/generic@v1`],
    reader: "lower-case-environment",
  },
  {
    predicate: "v0.2",
    builders: [CONTAINER],
    buildTypes: [`${GENERATOR}/container@v1`],
    reader: "lower-case-environment",
  },
  {
    predicate: "v1",
    builders: DELEGATORS,
    buildTypes: [`${GENERATOR}/delegator-generic@v0`],
    reader: "delegator",
  },
  {
    predicate: "v1",
    builders: [CONTAINER_BASED],
    buildTypes: ["https://slsa.dev/container-based-build/v0.1?draft"],
    reader: "container-based",
  },
  {
    predicate: "v1",
    builders: [BCR_RELEASE, BCR_PUBLISH],
    buildTypes: ["https://actions.github.io/buildtypes/workflow/v1"],
    reader: "github-workflow",
  },
]

/** The rows for a builder in a predicate version; empty for a builder that is not in the table. */
export function buildTypesOf(predicate: "v0.2" | "v1", builder: string): readonly BuildTypeRow[] {
  return BUILD_TYPES.filter((row) => row.predicate === predicate && row.builders.includes(builder))
}
