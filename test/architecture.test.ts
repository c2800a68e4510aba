import { globSync, readFileSync } from "node:fs"
import path from "node:path"

import { expect, test } from "vitest"

const PURE = ["packaging", "core", "formats", "policy"]
const ADAPTERS = ["sigstore", "ci", "world", "build", "publish", "install"]

/** folder -> folders it may import. This table is the architecture; docs/ARCHITECTURE.md includes it. */
const LAYERS: Record<string, readonly string[]> = {
  packaging: ["core"],
  core: ["packaging"],
  formats: ["core", "packaging"],
  policy: ["core", "packaging", "formats"],
  io: ["core"],
  sigstore: ["core", "formats", "io"],
  ci: ["core", "formats", "io"],
  world: ["core", "packaging", "formats", "io"],
  build: ["core", "packaging", "formats", "io"],
  publish: ["core", "packaging", "formats", "io"],
  install: ["core", "packaging", "formats", "io"],
  app: [...PURE, ...ADAPTERS, "io"],
  cli: ["core", "packaging", "formats", "app"],
}
// Streams and zlib are functions from bytes to bytes; what reads a file or a socket is not in them.
const IMPURE =
  /from "node:(?!buffer|crypto|stream|zlib)|\b(?:fetch\(|process\.|Date\.now|Math\.random\b|randomBytes\b|randomUUID\b)|new Date\(\)/

const files = globSync("src/*/**/*.ts").map((file) => ({
  file,
  layer: file.split(path.sep)[1] ?? "",
  text: readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g, ""),
}))

test("there is something to check", () => {
  expect(files.length).toBeGreaterThan(5)
})

test.each(files)("$file imports only the layers below it", ({ file, layer, text }) => {
  const allowed = LAYERS[layer]
  expect(allowed, `${layer} is not in LAYERS`).toBeDefined()
  for (const [, specifier = ""] of text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
    const target = path.relative("src", path.join(path.dirname(file), specifier)).split(path.sep)[0]
    expect([layer, ...(allowed ?? [])], `${file} -> ${specifier}`).toContain(target)
  }
})

test.each(files.filter(({ layer }) => PURE.includes(layer)))("$file is pure", ({ text }) => {
  expect(text).not.toMatch(IMPURE)
})

// vitest's toMatchObject takes a regular expression for a value that always matches: a check that cannot fail.
const NESTED = String.raw`(?:[^()]|\((?:[^()]|\([^()]*\))*\))*`
const ALWAYS_MATCHES = new RegExp(String.raw`toMatchObject\(${NESTED}?\w: /[^/*\s]`)

test.each(globSync("test/**/*.ts"))("%s compares no text with a bare pattern", (file) => {
  expect(readFileSync(file, "utf8")).not.toMatch(ALWAYS_MATCHES)
})

test("a bare pattern is seen", () => {
  expect(["expect(f(x)).toMatchObject", "({ a: g(1), code: /x/ })"].join("")).toMatch(
    ALWAYS_MATCHES,
  )
  expect('expect(x).toMatchObject({ a: "/x/" }); y = { b: /x/ }').not.toMatch(ALWAYS_MATCHES)
})
