import * as fc from "fast-check"
import { expect, test } from "vitest"

import {
  agreeing,
  definedOnly,
  findSource,
  readDependencies,
  readSource,
} from "../../src/formats/source-uri.ts"
import { hostileValue, isTaken, refusal, shape } from "./support.ts"

const ROCKET = "https://github.com/acme/rocket"
const COMMIT = "4d329c75e7ec1725f7c9ce917a8799d408d06be3"
const OTHER_COMMIT = "b".repeat(40)

function digests(digest: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(digest))
}

test.each([
  [`git+${ROCKET}`, {}, { repository: ROCKET, ref: undefined, commit: undefined }],
  [
    `git+${ROCKET}@refs/tags/v1`,
    { sha1: COMMIT },
    { repository: ROCKET, ref: "refs/tags/v1", commit: COMMIT },
  ],
  [
    `git+${ROCKET}@refs/tags/a@b`,
    { gitCommit: COMMIT },
    { repository: ROCKET, ref: "refs/tags/a@b", commit: COMMIT },
  ],
  [`git+${ROCKET}@`, {}, { repository: ROCKET, ref: "", commit: undefined }],
  ["git+http://github.com/acme/rocket", {}, { repository: ROCKET }],
  ["git+ssh://git@github.com/acme/rocket@v1", {}, { repository: ROCKET, ref: "v1" }],
  ["git://github.com/acme/rocket", { gitCommit: COMMIT }, { repository: ROCKET, commit: COMMIT }],
  [ROCKET, { gitCommit: COMMIT }, { repository: ROCKET, commit: COMMIT }],
  [`git+${ROCKET}`, { sha256: "a".repeat(64) }, { repository: ROCKET, commit: "a".repeat(64) }],
])("%s is a source", (uri, digest, source) => {
  expect(readSource(uri, digests(digest))).toEqual(source)
})

test.each([
  undefined,
  "",
  ROCKET,
  "http://github.com/acme/rocket",
  "GIT+https://github.com/acme/rocket",
  " git+https://github.com/acme/rocket",
  "pkg:docker/python@3.12",
])("%j is no source", (uri) => {
  expect(readSource(uri, digests({ sha1: COMMIT }))).toBeUndefined()
})

test("dependencies are read, with and without their parts", () => {
  const list = [{ uri: `git+${ROCKET}`, digest: { sha1: COMMIT }, name: "x" }, {}]
  expect(readDependencies(shape({ list }), "list")).toEqual([
    { uri: `git+${ROCKET}`, digest: digests({ sha1: COMMIT }) },
    { uri: undefined, digest: new Map() },
  ])
  expect(readDependencies(shape({}), "list")).toEqual([])
})

test.each([
  [{}, "it.list is not an array"],
  [[null], "it.list[0] is not an object"],
  [[{ uri: 5 }], "it.list[0].uri is not a string"],
  [[{ digest: [] }], "it.list[0].digest is not an object"],
  [[{ digest: { sha1: 5 } }], "it.list[0].digest.sha1 is not a string"],
  [[{ digest: { sha1: null } }], "it.list[0].digest.sha1 is missing"],
])("the dependencies %j are refused", (list, message) => {
  expect(refusal(() => readDependencies(shape({ list }), "list"))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message,
  })
})

test("dependencies without end are refused", () => {
  const list = Array.from({ length: 16_385 }, () => ({}))
  expect(refusal(() => readDependencies(shape({ list }), "list")).code).toBe("ERR_INPUT_TOO_LARGE")
})

function dependencies(
  ...parts: readonly (readonly [uri: string, commit?: string])[]
): Parameters<typeof findSource>[0] {
  return parts.map(([uri, commit]) => ({
    uri,
    digest: digests(commit === undefined ? {} : { gitCommit: commit }),
  }))
}

test.each([
  ["nothing at all", dependencies(), undefined, undefined],
  ["no git at all", dependencies(["pkg:docker/python"]), undefined, undefined],
  [
    "a named repository alone",
    dependencies(["pkg:docker/python"]),
    ROCKET,
    { repository: ROCKET, ref: undefined, commit: undefined },
  ],
  [
    "the first in git",
    dependencies(["pkg:docker/python"], [`git+${ROCKET}@main`, COMMIT], ["git+https://x.org/y"]),
    undefined,
    { repository: ROCKET, ref: "main", commit: COMMIT },
  ],
  [
    "the named one among several",
    dependencies(["git+https://x.org/y@z", OTHER_COMMIT], [`git+${ROCKET}@main`, COMMIT]),
    ROCKET,
    { repository: ROCKET, ref: "main", commit: COMMIT },
  ],
  [
    "the named one, written otherwise",
    dependencies(["git+https://github.com/Acme/Rocket.git@main"]),
    ROCKET,
    { repository: ROCKET, ref: "main", commit: undefined },
  ],
  [
    "the named one in two parts",
    dependencies([`git+${ROCKET}@main`], [`git+${ROCKET}`, COMMIT]),
    ROCKET,
    { repository: ROCKET, ref: "main", commit: COMMIT },
  ],
  [
    "several others, such as the actions that a builder used",
    dependencies(["git+https://x.org/y@z"], ["git+https://x.org/z"]),
    ROCKET,
    { repository: ROCKET, ref: undefined, commit: undefined },
  ],
  [
    "a repository that is no address",
    dependencies(["git+https://?@z"]),
    "https://?",
    { repository: "https://?", ref: "z", commit: undefined },
  ],
])("the source is found: %s", (_name, list, named, source) => {
  expect(findSource(list, named)).toEqual(source)
})

test.each([
  [
    dependencies(["git+https://x.org/y@z"]),
    `the statement names two repositories: ${ROCKET} and https://x.org/y`,
  ],
  [
    dependencies([`git+${ROCKET}@a`], [`git+${ROCKET}@b`]),
    "the statement names two values for the source ref: a and b",
  ],
  [
    dependencies([`git+${ROCKET}`, COMMIT], [`git+${ROCKET}`, OTHER_COMMIT]),
    `the statement names two values for the source commit: ${COMMIT} and ${OTHER_COMMIT}`,
  ],
])("sources that contradict are refused", (list, message) => {
  expect(refusal(() => findSource(list, ROCKET))).toEqual({ code: "ERR_INPUT_MALFORMED", message })
})

test("any dependencies end in a source or a WheelproofError", () => {
  const list = [{ uri: `git+${ROCKET}@main`, digest: { gitCommit: COMMIT } }]
  fc.assert(
    fc.property(hostileValue({ list }, { list: [...list, ...list] }), (value) => {
      const read = (): string | undefined =>
        findSource(readDependencies(shape(value), "list"), ROCKET)?.repository
      expect(isTaken(read) ? read() : ROCKET).toBe(ROCKET)
    }),
  )
})

test("values agree: the first that is there, where the others are the same", () => {
  expect(agreeing("it")).toBeUndefined()
  expect(agreeing("it", undefined, "")).toBeUndefined()
  expect(agreeing("it", undefined, "", "a", "a")).toBe("a")
  expect(refusal(() => agreeing("it", "a", undefined, "A"))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: "the statement names two values for it: a and A",
  })
})

test("members that are not there are left out, and only they", () => {
  interface Members {
    readonly a?: string
    readonly b?: string
    readonly c?: number
  }
  const members = definedOnly<Members>({ a: "", b: undefined, c: 0 })
  expect(Object.entries(members)).toEqual([
    ["a", ""],
    ["c", 0],
  ])
})
