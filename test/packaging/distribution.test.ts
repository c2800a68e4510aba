import { existsSync, readFileSync } from "node:fs"

import * as fc from "fast-check"
import { expect, test } from "vitest"

import {
  type Distribution,
  isDistributionFilename,
  parseDistributionFilename,
  sameDistribution,
} from "../../src/packaging/distribution.ts"
import { isTaken, refusal } from "../formats/support.ts"

test.each<[string, Distribution]>([
  [
    "rocket-1.0.0-py3-none-any.whl",
    { kind: "wheel", name: "rocket", version: "1", build: "", tags: ["py3-none-any"] },
  ],
  [
    "Rocket_Science-1.0rc1-07b-cp312.CP311-abi3-linux_x86_64.any.whl",
    {
      kind: "wheel",
      name: "rocket-science",
      version: "1rc1",
      build: "7b",
      tags: [
        "cp311-abi3-any",
        "cp311-abi3-linux_x86_64",
        "cp312-abi3-any",
        "cp312-abi3-linux_x86_64",
      ],
    },
  ],
  [
    "rocket.science-1.0.0.tar.gz",
    { kind: "sdist", name: "rocket-science", version: "1", build: "", tags: [] },
  ],
  [
    "Rocket-Science-2!1.0.zip",
    { kind: "sdist", name: "rocket-science", version: "2!1", build: "", tags: [] },
  ],
])("%s is read", (filename, distribution) => {
  expect(parseDistributionFilename(filename)).toEqual(distribution)
})

const TAGS = Array.from({ length: 11 }, (_, index) => `p${index}`).join(".")

test.each([
  ["", "neither a wheel"],
  ["rocket", "neither a wheel"],
  ["rocket-1.0.egg", "neither a wheel"],
  ["rocket-1.0-py3-none-any.WHL", "neither a wheel"],
  ["dist/rocket-1.0.tar.gz", "is not a file name"],
  ["..\\rocket-1.0.tar.gz", "is not a file name"],
  ["rocket-1.0\n.tar.gz", "is not a file name"],
  [`${"r".repeat(512)}-1.0.tar.gz`, "is not a file name"],
  [".whl", "five or six parts, this has 1"],
  ["rocket-1.0-py3-none.whl", "five or six parts, this has 4"],
  ["rocket-1.0-1-2-py3-none-any.whl", "five or six parts, this has 7"],
  ["-1.0-py3-none-any.whl", '"" is not a project name'],
  ["roc ket-1.0-py3-none-any.whl", '"roc ket" is not a project name'],
  ["rocket__science-1.0-py3-none-any.whl", '"rocket__science" is not a project name'],
  ["_rocket-1.0-py3-none-any.whl", '"_rocket" is not a project name'],
  ["rocket-one-py3-none-any.whl", '"one" is not a version'],
  ["rocket-1.0-b1-py3-none-any.whl", 'build tag "b1" has no number'],
  ["rocket-1.0-py3--any.whl", "broken tags"],
  ["rocket-1.0-py3..py2-none-any.whl", "broken tags"],
  ["rocket-1.0-py3-none-any+.whl", "broken tags"],
  [`rocket-1.0-${TAGS}-${TAGS}-${TAGS}.whl`, "too many tags"],
  ["rocket.tar.gz", "no project name before the last dash"],
  ["-1.0.tar.gz", "no project name before the last dash"],
  ["rocket--1.0.tar.gz", "no project name before the last dash"],
  ["rocket-.zip", '"" is not a version'],
])("%j is refused", (filename, message) => {
  expect(refusal(() => parseDistributionFilename(filename))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
  expect(isDistributionFilename(filename)).toBe(false)
})

test("a name that is no text is a mistake of the caller and not hidden", () => {
  const broken: unknown = Symbol("name")
  expect(() => isDistributionFilename(broken as string)).toThrow(TypeError)
})

test.each([
  ["rocket-1.0.tar.gz", "Rocket-1.0.0.zip", true],
  ["rocket-1.0-py2.py3-none-any.whl", "rocket-1.0-py3.py2-none-any.whl", true],
  ["rocket-1.0-01-py3-none-any.whl", "rocket-1.0-1-py3-none-any.whl", true],
  ["rocket-1.0.tar.gz", "rocket-1.0-py3-none-any.whl", false],
  ["rocket-1.0.tar.gz", "socket-1.0.tar.gz", false],
  ["rocket-1.0.tar.gz", "rocket-1.0.1.tar.gz", false],
  ["rocket-1.0-1-py3-none-any.whl", "rocket-1.0-2-py3-none-any.whl", false],
  ["rocket-1.0-py3-none-any.whl", "rocket-1.0-py2-none-any.whl", false],
])("%s and %s: the same distribution? %s", (one, other, same) => {
  const [left, right] = [parseDistributionFilename(one), parseDistributionFilename(other)]
  expect(sameDistribution(left, right)).toBe(same)
  expect(sameDistribution(right, left)).toBe(same)
})

test("any text ends in a distribution or a WheelproofError", () => {
  const likely = fc.stringMatching(/^[a-zA-Z0-9._+! -]{0,30}\.(whl|zip|tar\.gz)$/)
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), likely), (filename) => {
      const taken = isTaken(() => parseDistributionFilename(filename))
      expect(isDistributionFilename(filename)).toBe(taken)
    }),
  )
})

interface Vectors {
  readonly pairs: readonly (readonly [string, string])[]
  readonly valid?: readonly string[]
  readonly unequal: readonly (readonly [string, string])[]
  readonly invalid: readonly string[]
}

function areSame([one, other]: readonly [string, string]): boolean {
  return sameDistribution(parseDistributionFilename(one), parseDistributionFilename(other))
}

const VECTORS = new URL("../../../shared/data/pypi/filenames.json", import.meta.url)

test.skipIf(!existsSync(VECTORS))("names that indexes meet are read as they read them", () => {
  const {
    pairs,
    valid = [],
    unequal,
    invalid,
  } = JSON.parse(readFileSync(VECTORS, "utf8")) as Vectors
  expect(pairs.filter((pair) => !areSame(pair))).toEqual([])
  expect(unequal.filter(areSame)).toEqual([])
  expect(valid.filter((name) => !isDistributionFilename(name))).toEqual([])
  expect(invalid.filter(isDistributionFilename)).toEqual([])
  expect(pairs.length * unequal.length * invalid.length).toBeGreaterThan(0)
})
