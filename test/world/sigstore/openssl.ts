import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

/** Whether this machine has an openssl that can check certificates and timestamps. */
export const hasOpenssl: boolean = spawnSync("openssl", ["version"]).status === 0

/** Runs openssl in a fresh folder that holds `files`; returns its exit code and what it said. */
export function openssl(
  files: Readonly<Record<string, string | Uint8Array>>,
  ...args: readonly string[]
): { status: number | null; output: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-openssl-"))
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content)
    }
    const { status, stdout, stderr } = spawnSync("openssl", args, { cwd: folder, encoding: "utf8" })
    return { status, output: stdout + stderr }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
