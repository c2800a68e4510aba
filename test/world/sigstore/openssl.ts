import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

/** Whether this machine has an openssl that can check certificates and timestamps. */
export const hasOpenssl: boolean = spawnSync("openssl", ["version"]).status === 0

/** Files by name. */
type Files = Readonly<Record<string, string | Uint8Array>>

/** Runs openssl in a fresh folder that holds `files`; returns its exit code and what it said. */
export function openssl(
  files: Files,
  ...args: readonly string[]
): { status: number | null; output: string } {
  return inFolder(files, (cwd) => {
    const { status, stdout, stderr } = spawnSync("openssl", args, { cwd, encoding: "utf8" })
    return { status, output: stdout + stderr }
  })
}

/** Runs openssl likewise, and returns the file that it was told to write with `-out`. */
export function opensslFile(files: Files, ...args: readonly string[]): Buffer {
  return inFolder(files, (cwd) => {
    spawnSync("openssl", [...args, "-out", "written"], { cwd })
    return readFileSync(path.join(cwd, "written"))
  })
}

function inFolder<T>(files: Files, run: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-openssl-"))
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content)
    }
    return run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
