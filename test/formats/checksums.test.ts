import { existsSync, readFileSync } from "node:fs"

import * as fc from "fast-check"
import { expect, test } from "vitest"

import { type Sha256, parseSha256 } from "../../src/core/digest.ts"
import {
  type ChecksumLine,
  formatChecksums,
  mergeChecksums,
  parseChecksums,
} from "../../src/formats/checksums.ts"
import { SUBJECT_VERDICTS } from "../../scripts/docs/subject-verdicts.ts"
import { hostileBytes, isTaken, refusal } from "./support.ts"

const A: Sha256 = parseSha256("a".repeat(64))
const B: Sha256 = parseSha256("b".repeat(64))

function base64(text: string | Uint8Array): string {
  return Buffer.from(text).toString("base64")
}

/** What is read, each as `first letter of the digest:name`. */
function read(text: string | Uint8Array): readonly string[] {
  return parseChecksums(Buffer.from(text)).map(({ sha256, name }) => `${sha256.charAt(0)}:${name}`)
}

test.each([
  ["text mode", `${A}  rocket.whl\n`, ["a:rocket.whl"]],
  ["binary mode", `${A} *rocket.whl\n`, ["a:rocket.whl"]],
  ["a name that begins with a star", `${A}  *rocket.whl\n`, ["a:*rocket.whl"]],
  ["one space", `${A} rocket.whl\n`, ["a:rocket.whl"]],
  ["a tab", `${A}\trocket.whl\n`, ["a:rocket.whl"]],
  ["no last newline", `${A}  rocket.whl`, ["a:rocket.whl"]],
  ["carriage returns and blank lines", `\n${A}  x\r\n \n${B}  y\r\n`, ["a:x", "b:y"]],
  ["white space around", `  ${A}  x  \n`, ["a:x"]],
  ["spaces within a name", `${A}  a b  c.whl\n`, ["a:a b  c.whl"]],
  ["upper-case digits", `${A.toUpperCase()}  Rocket.whl\n`, ["a:Rocket.whl"]],
  ["names that differ by case", `${A}  x\n${B}  X\n`, ["a:x", "b:X"]],
  ["two names with one digest", `${A}  x\n${A}  y\n`, ["a:x", "a:y"]],
  ["letters beyond ASCII", `${A}  räkete-火箭.whl\n`, ["a:räkete-火箭.whl"]],
  ["base64", base64(`${A}  x\n${B}  y\n`), ["a:x", "b:y"]],
  ["base64 with a newline", `${base64(`${A}  x\n`)}\n`, ["a:x"]],
  ["base64 in lines", base64(`${A}  x\n${B}  y\n`).replaceAll(/.{76}/g, "$&\r\n"), ["a:x", "b:y"]],
])("%s is read", (_name, text, lines) => {
  expect(read(text)).toEqual(lines)
})

test.each([
  ["nothing", "", "there are no checksums"],
  ["white space", " \n\t\n", "there are no checksums"],
  ["base64 of white space", base64("   \n\n"), "there are no checksums"],
  ["a digest alone", `${A} \n`, "is not a digest and a name"],
  ["base64 of a digest alone", base64(`${A}\n`), "is not a digest and a name"],
  ["a comment", "# made today\n", "64 lower-case hex digits"],
  ["BSD's form", `SHA256 (x) = ${A}\n`, "64 lower-case hex digits"],
  ["a short digest", `${A.slice(1)}  x\n`, "64 lower-case hex digits"],
  ["SHA-512", `${A}${B}  x\n`, "64 lower-case hex digits"],
  ["a digest beyond hex", `${"g".repeat(64)}  x\n`, "64 lower-case hex digits"],
  ["an escaped name", `\\${A}  new\\nline\n`, "64 lower-case hex digits"],
  ["a star alone", `${A} *\n`, '"" is not a plain file name'],
  ["a path", `${A}  dist/x.whl\n`, '"dist/x.whl" is not a plain file name'],
  ["a path upwards", `${A}  ..\n`, '".." is not a plain file name'],
  ["this folder", `${A}  .\n`, '"." is not a plain file name'],
  ["a backslash", `${A}  dist\\x.whl\n`, "is not a plain file name"],
  ["a NUL", `${A}  x\0.whl\n`, "is not a plain file name"],
  ["an escape sequence", `${A}  x\u{1b}[2J.whl\n`, "is not a plain file name"],
  ["a carriage return within", `${A}  x\r${B}  y\n`, "is not a plain file name"],
  ["a line separator", `${A}  x\u{2028}${B}  y\n`, "is not a plain file name"],
  ["a change of direction", `${A}  x\u{202e}lhw.gz\n`, "is not a plain file name"],
  ["a name twice", `${A}  x\n${A}  x\n`, "x is there twice"],
  ["a name twice, once with a star", `${A}  x\n${A} *x\n`, "x is there twice"],
  ["two digests for a name", `${A}  x\n${B}  x \n`, `x has two digests: ${A} and ${B}`],
  ["a byte order mark", `\u{feff}${A}  x\n`, "byte order mark"],
  ["a byte order mark after a name", `${A}  x\u{feff}\n`, "byte order mark"],
  ["base64 without padding", base64(`${A}  x\n`).replaceAll("=", ""), "not standard base64"],
  ["base64 with stray bits", "QUJDRB==", "not standard base64"],
  ["two base64 texts", `${base64(`${A}  xyz\n`)}${base64(`${B}  y\n`)}`, "not standard base64"],
  ["URL-safe base64", `${base64(`${A}  x\n`)}-_`, "is not a digest and a name"],
  ["base64 with spaces", base64(`${A}  x\n`).replaceAll(/.{76}/g, "$& "), "64 lower-case hex"],
])("%s is refused", (_name, text, message) => {
  expect(refusal(() => read(text))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: expect.stringContaining(message),
  })
})

test.each([
  ["bytes that are not UTF-8", Buffer.from([0x61, 0x20, 0xff]), "checksums is not UTF-8"],
  [
    "base64 of bytes that are not UTF-8",
    Buffer.from(base64(Buffer.from(`${A}  \u{e9}\n`, "latin1"))),
    "decoded checksums is not UTF-8",
  ],
])("%s are refused", (_name, bytes, message) => {
  expect(refusal(() => read(bytes))).toEqual({ code: "ERR_INPUT_MALFORMED", message })
})

test("texts and lines over the bounds are refused, on the bounds they are read", () => {
  const line = `${A}  ${"x".repeat(65_536 - 66)}`
  expect(read(line)).toHaveLength(1)
  expect(refusal(() => read(`${line}x`))).toEqual({
    code: "ERR_INPUT_TOO_LARGE",
    message: "a checksum line is over 65536 characters",
  })
  const text = Buffer.alloc(16_777_216, "\n")
  expect(refusal(() => read(text)).message).toBe("there are no checksums")
  expect(refusal(() => read(Buffer.concat([text, Buffer.from("\n")])))).toEqual({
    code: "ERR_INPUT_TOO_LARGE",
    message: "checksums are over 16777216 bytes",
  })
})

test("lines are written as sha256sum writes them", () => {
  const lines = [
    { name: "x y.whl", sha256: A },
    { name: "*z", sha256: B },
  ]
  expect(formatChecksums(lines)).toBe(`${A}  x y.whl\n${B}  *z\n`)
})

test.each(["", ".", "..", "a/b", "a\\b", "a\nb", "\u{d800}", "\u{200b}", " x", "x ", "\u{a0}x"])(
  "the name %j is not written, because it could not be read back",
  (name) => {
    expect(refusal(() => formatChecksums([{ name, sha256: A }]))).toEqual({
      code: "ERR_INPUT_MALFORMED",
      message: `${JSON.stringify(name)} is not a plain file name`,
    })
  },
)

test("a name that makes a line too long is not written", () => {
  const lines = [{ name: "x".repeat(65_536 - 65), sha256: A }]
  expect(refusal(() => formatChecksums(lines)).code).toBe("ERR_INPUT_TOO_LARGE")
})

const lineArbitrary = fc.record({
  name: fc.string({ unit: fc.oneof(fc.constantFrom(" ", "*", "\t", "="), fc.string()) }),
  sha256: fc.constantFrom(A, B),
})

test("whatever is written is read back, as text and as base64", () => {
  const lists = fc.uniqueArray(lineArbitrary, { minLength: 1, selector: ({ name }) => name })
  fc.assert(
    fc.property(lists, (lines: readonly ChecksumLine[]) => {
      const writable = lines.filter((line) => isTaken(() => formatChecksums([line])))
      fc.pre(writable.length > 0)
      const text = formatChecksums(writable)
      expect(parseChecksums(Buffer.from(text))).toEqual(writable)
      expect(parseChecksums(Buffer.from(base64(text)))).toEqual(writable)
    }),
  )
})

test("any bytes end in checksums or a WheelproofError", () => {
  const pieces = fc.array(
    fc.constantFrom(A, B, " ", "  ", "\t", "*", "\n", "\r\n", "x", "/", "=", "\u{feff}", "\0"),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        hostileBytes(),
        pieces.map((parts) => Buffer.from(parts.join(""))),
        pieces.map((parts) => Buffer.from(base64(parts.join("")))),
      ),
      (bytes) => {
        const lines = isTaken(() => parseChecksums(bytes)) ? parseChecksums(bytes) : undefined
        expect(lines).not.toEqual([])
      },
    ),
  )
})

test("lists are joined: the same line counts once, another digest is refused", () => {
  const x = { name: "x", sha256: A }
  const y = { name: "y", sha256: B }
  expect(mergeChecksums([[x], [y, x]])).toEqual([x, y])
  expect(mergeChecksums([])).toEqual([])
  expect(refusal(() => mergeChecksums([[x], [{ name: "x", sha256: B }]]))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message: `x has two digests: ${A} and ${B}`,
  })
  expect(refusal(() => mergeChecksums([[x], [x]], "refuse-same")).message).toBe("x is there twice")
})

interface Vector {
  readonly id: string
  readonly base64_subjects: string
  readonly error?: string
  readonly subjects?: readonly { readonly name: string; readonly digest: { sha256: string } }[]
}

const VECTORS = new URL("../../../shared/data/github/subject-parser-vectors.json", import.meta.url)

function vectors(): readonly Vector[] {
  const { vectors: all } = JSON.parse(readFileSync(VECTORS, "utf8")) as {
    vectors: readonly Vector[]
  }
  return all.map((vector) => writeOut(vector))
}

/** Two vectors say how long a name is, instead of the name. */
function writeOut(vector: Vector): Vector {
  const [, length] = /one name of (\d+) x's/.exec(vector.base64_subjects) ?? []
  if (length === undefined) return vector
  const name = "x".repeat(Number(length))
  const subjects = vector.subjects?.map(({ digest }) => ({ name, digest }))
  return {
    ...vector,
    base64_subjects: base64(`${"a".repeat(64)}  ${name}\n`),
    ...(subjects === undefined ? {} : { subjects }),
  }
}

test.skipIf(!existsSync(VECTORS))(
  "each vector of the generic generator has its documented verdict",
  () => {
    const outcomes = vectors().map(({ id, base64_subjects: text, error }) => [
      id,
      error === undefined ? "takes" : "refuses",
      isTaken(() => parseChecksums(Buffer.from(text))) ? "takes" : "refuses",
    ])
    expect(outcomes).toEqual(
      SUBJECT_VERDICTS.map(({ id, generator, wheelproof }) => [id, generator, wheelproof]),
    )
    expect(outcomes).toHaveLength(42)
  },
)

test.skipIf(!existsSync(VECTORS))(
  "what both take is read as the generic generator reads it",
  () => {
    const taken = new Set(
      SUBJECT_VERDICTS.filter(({ wheelproof }) => wheelproof === "takes").map(({ id }) => id),
    )
    const both = vectors().filter(({ id }) => taken.has(id))
    const expected = both.map(({ id, subjects = [] }) =>
      subjects.map(({ name, digest }) => ({
        name: id === "binary-star" ? name.slice(1) : name,
        sha256: digest.sha256,
      })),
    )
    expect(both.map(({ base64_subjects: text }) => parseChecksums(Buffer.from(text)))).toEqual(
      expected,
    )
    expect(taken.size).toBe(16)
  },
)

test("every difference from the generic generator is explained", () => {
  const unexplained = SUBJECT_VERDICTS.filter(
    ({ generator, wheelproof, note }) => generator !== wheelproof && note === undefined,
  )
  expect(unexplained).toEqual([])
})
