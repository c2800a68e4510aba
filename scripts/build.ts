import { spawnSync } from "node:child_process"
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"

import { rolldown } from "rolldown"

/**
 * Builds `dist/`: the library as `tsc` writes it in `dist/lib`, and the command line in `dist/bin.cjs` with its chunks in
 * `dist/bin`, so that it starts fast. With `--binary`, the standalone binary `dist/wheelproof` instead. `--out` names another folder.
 */
async function build(argv: readonly string[]): Promise<void> {
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
  await bundle(values.out)
}

/**
 * What a plain `verify` loads, by the modules that it imports on its way; the modules that those import go with them. A run pays for every
 * letter of the files that it loads and for every file, so these two are for all, and what other commands need is in chunks of their own.
 */
const TOGETHER = [
  { name: "shell", priority: 2, test: /src\/cli\/start\.ts$/ },
  {
    name: "verify",
    priority: 1,
    test: /src\/(?:cli\/(?:flag|commands\/verify|render\/human)|app\/(?:wire|verify|verify-in-parts|trust)|sigstore\/trust\/(?:resolve|embedded))\.ts$|@sigstore\/tuf\/seeds/,
  },
]

// CommonJS in few files: Node.js starts it a good deal sooner than the same modules as ESM, and built-in modules cost less by `require`.
async function bundle(out: string): Promise<void> {
  const file = path.join(out, "bin.cjs")
  rmSync(path.join(out, "bin"), { recursive: true, force: true })
  const bundled = await rolldown({
    input: { bin: "src/cli/bin.ts" },
    platform: "node",
    // What is loaded late here may be loaded early elsewhere.
    checks: { ineffectiveDynamicImport: false },
  })
  const { output } = await bundled.write({
    dir: out,
    format: "cjs",
    strict: true,
    minify: true,
    entryFileNames: "[name].cjs",
    chunkFileNames: "bin/[name]-[hash].cjs",
    codeSplitting: { groups: TOGETHER },
  })
  for (const { fileName } of output) {
    const chunk = path.join(out, fileName)
    writeFileSync(chunk, inAscii(readFileSync(chunk, "utf8")))
  }
  chmodSync(file, 0o755)
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

// ESM in chunks: modules that are always loaded together become one, without a function for each that loads it.
const IN_CHUNKS = ["--format=esm", "--splitting"]

// Compiling to machine code takes the processor from a run that is over in a moment: it starts at three times the usual number of calls.
// Runs of a thousand files are as fast.
const PATIENT = "--compile-jit-policy=3"

// `--bytecode` refuses top-level await; the entry has none.
function buildBinary(out: string): void {
  const file = path.join(out, process.platform === "win32" ? "wheelproof.exe" : "wheelproof")
  const flags = ["--compile", "--minify", "--bytecode", ...IN_CHUNKS, PATIENT, ...READ_NOTHING]
  run("bun", ["build", ...flags, "src/cli/bin.ts", "--outfile", file])
  chmodSync(file, 0o755)
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(path.join("node_modules", ".bin", command), args, {
    stdio: ["ignore", "ignore", "inherit"],
  })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`)
}

await build(process.argv.slice(2))
