import { Refusal } from "./errors.ts"
import { parseSemver } from "./semver.ts"

/** Extracts the short name of a ref of one type: `refs/heads/NAME` or `refs/tags/NAME`. */
export function shortRef(ref: string, type: "heads" | "tags"): string {
  const prefix = `refs/${type}/`
  const name = ref.startsWith(prefix) ? ref.slice(prefix.length) : ""
  if (name !== "") return name
  throw new Refusal("ErrorInvalidRef", `expected ${prefix}…, found ${JSON.stringify(ref)}`)
}

/** `--source-branch`. */
export function checkBranch(branch: string, ref: string): void {
  const found = shortRef(ref, "heads")
  if (found === branch) return
  throw new Refusal("ErrorMismatchBranch", `expected ${branch}, found ${found}`)
}

/** `--source-tag`. */
export function checkTag(tag: string, ref: string): void {
  const found = shortRef(ref, "tags")
  if (found === tag) return
  throw new Refusal("ErrorMismatchTag", `expected ${tag}, found ${found}`)
}

/**
 * `--source-versioned-tag`: what is given of major, minor and patch must match; what is left out matches any. A prerelease counts as part
 * of the patch, whole (slsa-verifier cuts it at its first dot and so takes alpha.1 for alpha.2); build metadata does not count.
 */
export function checkVersionedTag(tag: string, ref: string): void {
  const found = shortRef(ref, "tags")
  const expected = parseSemver(tag)
  const actual = parseSemver(found)
  if (expected === undefined)
    throw new Refusal("ErrorInvalidSemver", `expected version ${JSON.stringify(tag)}`)
  if (actual === undefined)
    throw new Refusal("ErrorInvalidSemver", `found version ${JSON.stringify(found)}`)
  // slsa-verifier never strips build metadata with a dot from the expected version, so that it never matches.
  if (expected.build.includes(".")) {
    throw new Refusal("ErrorMismatchVersionedTag", `${tag} has build metadata in several parts`)
  }
  const given = tag.replace(/[-+].*$/, "").split(".").length
  const matches =
    expected.major === actual.major &&
    (given < 2 || expected.minor === actual.minor) &&
    (given < 3 || (expected.patch === actual.patch && expected.prerelease === actual.prerelease))
  if (!matches) throw new Refusal("ErrorMismatchVersionedTag", `expected ${tag}, found ${found}`)
}

/** The builders' own refs: a release tag `vX.Y.Z` in full, without prerelease or build metadata. */
export function checkBuilderTag(ref: string): void {
  checkReleaseTag(ref, (prerelease) => prerelease === "")
}

/** JReleaser's builder tags its Java releases `vX.Y.Z-java`. */
export function checkJreleaserTag(ref: string): void {
  checkReleaseTag(ref, (prerelease) => prerelease === "-java")
}

/** Under `SLSA_VERIFIER_TESTING`: a prerelease is acceptable too. */
export function checkTestingTag(ref: string): void {
  checkReleaseTag(ref, () => true)
}

function checkReleaseTag(ref: string, isAcceptable: (prerelease: string) => boolean): void {
  const tag = shortRef(ref, "tags")
  const version = parseSemver(tag)
  const isWhole = tag.replace(/[-+].*$/, "").split(".").length === 3
  if (version !== undefined && isWhole && version.build === "" && isAcceptable(version.prerelease))
    return
  throw new Refusal("ErrorInvalidRef", `expected refs/tags/vX.Y.Z, found ${ref}`)
}
