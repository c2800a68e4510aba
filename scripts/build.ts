import { spawnSync } from "node:child_process"
import { chmodSync, rmSync } from "node:fs"
import path from "node:path"
import process from "node:process"

/**
 * Builds `dist/`: the library as `tsc` writes it in `dist/lib`, and the command line in `dist/bin.js` and chunks beside it, bundled so
 * that it starts fast. With `--binary`, the standalone binary `dist/wheelproof` instead.
 */
function build(argv: readonly string[]): void {
  if (argv.includes("--binary")) {
    buildBinary()
    return
  }
  rmSync("dist", { recursive: true, force: true })
  run("tsc", ["-p", "tsconfig.build.json"])
  // The command line is bundled from its source; the library has no use for it.
  rmSync("dist/lib/cli", { recursive: true, force: true })
  bundle()
}

function bundle(): void {
  const outputs = ["--outdir", "dist", "--chunk-naming", "chunks/[name]-[hash].js"]
  run("bun", [
    "build",
    "src/cli/bin.ts",
    "--target=node",
    "--splitting",
    "--minify-syntax",
    ...outputs,
  ])
  chmodSync("dist/bin.js", 0o755)
}

// `--bytecode` refuses top-level await; the entry has none.
function buildBinary(): void {
  const file = path.join("dist", process.platform === "win32" ? "wheelproof.exe" : "wheelproof")
  run("bun", ["build", "--compile", "--minify", "--bytecode", "src/cli/bin.ts", "--outfile", file])
  chmodSync(file, 0o755)
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(path.join("node_modules", ".bin", command), args, {
    stdio: ["ignore", "ignore", "inherit"],
  })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`)
}

build(process.argv.slice(2))
