import { accessSync, constants } from "node:fs"
import path from "node:path"
import process from "node:process"

import { findPeer, installPeer, type PeerName } from "../../test/real/peers.ts"
import type { Absent } from "./row.ts"

/** The peers that rows compare with, beside what comes with the system or with this package. */
export type BenchPeer = Extract<PeerName, "cosign" | "sigstore-python" | "pypi-attestations">

const BENCH_PEERS: readonly BenchPeer[] = ["cosign", "sigstore-python", "pypi-attestations"]

/** Installs those peers that are not there. Throws where one cannot be had. */
export function installPeers(): void {
  for (const name of BENCH_PEERS) installPeer(name)
}

/** A command line of a peer, in its pinned version. */
export function peer(name: BenchPeer, ...args: readonly string[]): readonly string[] | Absent {
  const program = findPeer(name)
  return program === undefined
    ? { absent: `${name} is not installed: npm run bench -- --install` }
    : [program, ...args]
}

/** A command line of what most systems bring. */
export function systemTool(name: string, ...args: readonly string[]): readonly string[] | Absent {
  const places = (process.env["PATH"] ?? "").split(path.delimiter)
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
