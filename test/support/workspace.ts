import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import type { World } from "../../src/world/world.ts"

/** A folder of a test's own, with a world's trusted root in it. */
export interface Workspace {
  readonly folder: string
  readonly trustedRoot: string
  /** Writes a file, given as text, bytes or a value that becomes JSON; its path. */
  write(name: string, content: unknown): string
  /** The path of a name in it. */
  path(name: string): string
  remove(): void
}

/** Makes a folder in the system's place for temporary files. */
export function createWorkspace(world: World): Workspace {
  const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
  const inside = (name: string): string => path.join(folder, name)
  const write = (name: string, content: unknown): string => {
    const file = inside(name)
    mkdirSync(path.dirname(file), { recursive: true })
    const isPlain = typeof content === "string" || content instanceof Uint8Array
    writeFileSync(file, isPlain ? content : JSON.stringify(content))
    return file
  }
  return {
    folder,
    write,
    path: inside,
    trustedRoot: write("trust/trusted_root.json", world.trustedRoot()),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
