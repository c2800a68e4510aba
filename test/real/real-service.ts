import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { findPeer, PEERS, peersFolder, type PeerName } from "./peers.ts"

/** The program of a real service; nothing, and a notice, where it is not there. */
export function findService(name: PeerName): string | undefined {
  const program = findPeer(name)
  if (program === undefined) {
    const { version } = PEERS[name]
    process.stderr.write(
      `${name} ${version} is not in ${peersFolder()}: not held to its contract\n`,
    )
  }
  return program
}

/** A service in a process of its own. */
export interface RealService {
  readonly url: string
  readonly folder: string
  readonly close: () => Promise<void>
}

/**
 * Starts a real service and waits until it answers. `words` makes its arguments from a folder of its own and from free ports, of which
 * the first is the one for HTTP.
 */
export async function startReal(
  file: string,
  ready: string,
  words: (folder: string, ports: readonly number[]) => readonly string[],
): Promise<RealService> {
  const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-peer-"))
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const child = spawn(file, words(folder, ports), { stdio: ["ignore", "ignore", "pipe"] })
  const said: Buffer[] = []
  child.stderr.on("data", (data: Buffer) => said.push(data))
  const url = `http://127.0.0.1:${ports[0]}`
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await answering(url + ready, child)
  } catch (cause) {
    await close()
    throw new Error(`${file} did not start: ${Buffer.concat(said).toString().slice(-2_000)}`, {
      cause,
    })
  }
  return { url, folder, close }
}

const PATIENCE_MS = 60_000

async function answering(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    if (performance.now() > deadline) throw new Error("it does not answer")
    try {
      await fetch(url)
      return
    } catch {
      await new Promise((resolve) => {
        setTimeout(resolve, 100)
      })
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const address = server.address()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return typeof address === "object" && address !== null ? address.port : 0
}
