import { spawnSync } from "node:child_process"
import { chmodSync, rmSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"

/**
 * Builds `dist/`: the library as `tsc` writes it in `dist/lib`, and the command line in `dist/bin.cjs`, bundled so that
 * it starts fast. With `--binary`, the standalone binary `dist/wheelproof` instead. `--out` names another folder.
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

// CommonJS in one file: Node.js starts it a good deal sooner than the same modules as ESM, and built-in modules cost less by `require`.
function bundle(out: string): void {
  const file = path.join(out, "bin.cjs")
  run("bun", [
    "build",
    "src/cli/bin.ts",
    "--target=node",
    "--format=cjs",
    "--minify-whitespace",
    "--minify-syntax",
    "--outfile",
    file,
  ])
  chmodSync(file, 0o755)
}

// A compiled program reads Bun's own configuration from the folder it is started in, unless told not to: whoever wrote that folder, such
// as an unpacked sdist, could run code or set variables.
const NO_AUTOLOAD = ["dotenv", "bunfig", "tsconfig", "package-json"].map(
  (what) => `--no-compile-autoload-${what}`,
)

// `--bytecode` refuses top-level await; the entry has none.
function buildBinary(out: string): void {
  const file = path.join(out, process.platform === "win32" ? "wheelproof.exe" : "wheelproof")
  run("bun", [
    "build",
    "--compile",
    "--minify",
    "--bytecode",
    ...NO_AUTOLOAD,
    "src/cli/bin.ts",
    "--outfile",
    file,
  ])
  chmodSync(file, 0o755)
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(path.join("node_modules", ".bin", command), args, {
    stdio: ["ignore", "ignore", "inherit"],
  })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`)
}

build(process.argv.slice(2))
