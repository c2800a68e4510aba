import { accessSync, constants } from "node:fs"
import os from "node:os"
import path from "node:path"
import process from "node:process"

import type { Absent } from "./row.ts"

/** Where programs to compare with are kept: `bin/` for binaries, `venv/` for a Python environment. */
const PEERS_FOLDER =
  process.env["WHEELPROOF_PEERS"] ??
  path.join(
    process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"),
    "wheelproof",
    "peers",
  )

/** A command of a peer from the peers' folder or, for what every machine may have, from the path. */
export function peer(name: string, ...args: readonly string[]): readonly string[] | Absent {
  const places = [
    path.join(PEERS_FOLDER, "bin"),
    path.join(PEERS_FOLDER, "venv", "bin"),
    ...(process.env["PATH"] ?? "").split(path.delimiter),
  ]
  const program = places.map((place) => path.join(place, name)).find(isExecutable)
  return program === undefined
    ? { absent: `there is no ${name} on this machine` }
    : [program, ...args]
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
