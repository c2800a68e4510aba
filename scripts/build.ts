import { spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"

/**
 * Builds `dist/`: the library as `tsc` writes it in `dist/lib`, and the command line in `dist/bin.cjs`, bundled so that
 * it starts fast, with a file beside it for each group of {@link APART}. With `--binary`, the standalone binary `dist/wheelproof` instead. `--out` names another folder.
 */
function build(argv: readonly string[]): void {
  const { values } = parseArgs({
    args: [...argv],
    options: { binary: { type: "boolean" }, out: { type: "string", default: "dist" } },
  })
  if (values.binary === true) {
    buildBinary(values.out)
    return
  }
  // The binary stays: it is another command's.
  rmSync(path.join(values.out, "lib"), { recursive: true, force: true })
  run("tsc", ["-p", "tsconfig.build.json", "--outDir", path.join(values.out, "lib")])
  bundle(values.out)
}

/** Libraries that few runs need, by the file that they are put in: a run pays for every letter of the files that it loads. */
const APART: Readonly<Record<string, readonly string[]>> = {
  "tuf.cjs": ["@tufjs/models", "tuf-js", "tuf-js/dist/error.js"],
  "curves.cjs": ["@noble/curves/nist.js"],
}

// CommonJS in few files: Node.js starts it a good deal sooner than the same modules as ESM, and built-in modules cost less by `require`.
function bundle(out: string): void {
  const external = Object.values(APART).flatMap((names) =>
    names.flatMap((name) => ["--external", name]),
  )
  const file = path.join(out, "bin.cjs")
  run("bun", ["build", "src/cli/bin.ts", ...COMMON_JS, ...external, "--outfile", file])
  let text = readFileSync(file, "utf8")
  for (const [apart, names] of Object.entries(APART)) {
    for (const name of names) text = loadFrom(text, name, `./${apart}`)
    bundleApart(names, path.join(out, apart))
  }
  writeFileSync(file, inAscii(text))
  chmodSync(file, 0o755)
}

const COMMON_JS = ["--target=node", "--format=cjs", "--minify"]

/** Makes the bundle load a library from the file that it is in. */
function loadFrom(text: string, name: string, file: string): string {
  const [first, ...others] = text.split(`require("${name}")`)
  if (others.length === 0) throw new Error(`the bundle does not load ${name}`)
  return [first, ...others].join(`require("${file}")["${name}"]()`)
}

function bundleApart(names: readonly string[], file: string): void {
  const folder = path.join("node_modules", ".cache", "build")
  const entry = path.join(folder, path.basename(file))
  const members = names.map((name) => `"${name}": () => require("${name}")`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(entry, `module.exports = { ${members.join(", ")} }\n`)
  run("bun", ["build", entry, ...COMMON_JS, "--outfile", file])
  writeFileSync(file, inAscii(readFileSync(file, "utf8")))
}

/** The same program in letters of one octet each: with a single longer one, Node.js keeps all of the text at twice its size. */
function inAscii(program: string): string {
  return program.replaceAll(/[^\p{ASCII}]/gu, (letters) =>
    Array.from({ length: letters.length }, (_, at) => letters.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
  )
}

// Left to itself the binary would do what files in its working folder say: load the variables of a `.env`, and run the scripts that a
// `bunfig.toml` wants preloaded. Whoever verifies a file often stands in a folder that came with it.
const READ_NOTHING = ["dotenv", "bunfig", "tsconfig", "package-json"].map(
  (file) => `--no-compile-autoload-${file}`,
)

// Compiling to machine code takes the processor from a run that is over in a moment: it starts at three times the usual number of calls.
// Runs of a thousand files are as fast.
const PATIENT = "--compile-jit-policy=3"

// `--bytecode` refuses top-level await; the entry has none.
function buildBinary(out: string): void {
  const file = path.join(out, process.platform === "win32" ? "wheelproof.exe" : "wheelproof")
  const flags = ["--compile", "--minify", "--bytecode", PATIENT, ...READ_NOTHING]
  run("bun", ["build", ...flags, "src/cli/bin.ts", "--outfile", file])
  chmodSync(file, 0o755)
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(path.join("node_modules", ".bin", command), args, {
    stdio: ["ignore", "ignore", "inherit"],
  })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`)
}

build(process.argv.slice(2))
