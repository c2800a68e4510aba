import type { ResolvedDependency } from "../core/claim.ts"
import { malformed } from "../core/errors.ts"
import { LIMITS } from "../core/limits.ts"
import type { Shape } from "../core/shape.ts"
import { parseSourceRepository } from "../core/workflow.ts"

/** A source as a provenance statement names it (SPDX download location: `git+https://host/owner/name@ref`). */
export interface Source {
  readonly repository: string
  readonly ref: string | undefined
  readonly commit: string | undefined
}

/**
 * Reads the URI of a git repository and the digest beside it; undefined for anything else. A URI without `git+` is one where a git commit
 * stands beside it.
 */
export function readSource(
  uri: string | undefined,
  digest: ReadonlyMap<string, string>,
): Source | undefined {
  const match = /^(git\+)?(?:https?|ssh|git):\/\/(?:[^/@]*@(?=[^@]*\/))?([^@]*)(?:@(.*))?$/s.exec(
    uri ?? "",
  )
  if (match === null) return undefined
  const [, isGit, place = "", ref] = match
  if (isGit === undefined && !digest.has("gitCommit")) return undefined
  return {
    repository: `https://${place}`,
    ref,
    commit: agreeing(
      "the source commit",
      digest.get("gitCommit"),
      digest.get("sha1"),
      digest.get("sha256"),
    ),
  }
}

/** Reads a list of resource descriptors (in-toto `ResourceDescriptor`, v0.2 `materials`). */
export function readDependencies(parent: Shape, name: string): readonly ResolvedDependency[] {
  return parent.shapes(name, LIMITS.subjects).map((dependency) => ({
    uri: dependency.optionalString("uri"),
    digest: dependency.stringMap("digest"),
  }))
}

/**
 * The source among the dependencies: what those in git say of the repository that the statement names, or of the first one where it
 * names none. Throws `ERR_INPUT_MALFORMED` where they contradict each other or the statement.
 */
export function findSource(
  dependencies: readonly ResolvedDependency[],
  named: string | undefined,
): Source | undefined {
  const sources = dependencies
    .map(({ uri, digest }) => readSource(uri, digest))
    .filter((source) => source !== undefined)
  const repository = named ?? sources[0]?.repository
  if (repository === undefined) return undefined
  const own = sources.filter((source) => isSameRepository(source.repository, repository))
  if (own.length === 0 && sources.length === 1) {
    throw malformed(
      `the statement names two repositories: ${repository} and ${sources[0]?.repository}`,
    )
  }
  return {
    repository,
    ref: agreeing("the source ref", ...own.map(({ ref }) => ref)),
    commit: agreeing("the source commit", ...own.map(({ commit }) => commit)),
  }
}

/** One value that several parts of a statement give: the first there is, if all that are there agree. */
export function agreeing(
  what: string,
  ...values: readonly (string | undefined)[]
): string | undefined {
  const given = [...new Set(values.filter((value) => value !== undefined && value !== ""))]
  if (given.length > 1)
    throw malformed(`the statement names two values for ${what}: ${given.join(" and ")}`)
  return given[0]
}

/** One repository that several parts of a statement name, in whatever spelling: as the first names it. Throws as {@link agreeing}. */
export function agreeingRepository(...values: readonly (string | undefined)[]): string | undefined {
  agreeing(
    "the source repository",
    ...values.map((value) => (value === undefined ? undefined : comparable(value))),
  )
  return values.find((value) => value !== undefined && value !== "")
}

function isSameRepository(one: string, other: string): boolean {
  return comparable(one) === comparable(other)
}

function comparable(repository: string): string {
  return parseSourceRepository(repository) ?? repository
}

/** The members that are there, without those that are not. */
export function definedOnly<Members extends object>(members: {
  readonly [Key in keyof Members]: Members[Key] | undefined
}): Partial<Members> {
  const defined: Partial<Members> = {}
  for (const key in members) {
    const value = members[key]
    if (value !== undefined) defined[key] = value
  }
  return defined
}
