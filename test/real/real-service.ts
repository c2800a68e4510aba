import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { connect, createServer } from "node:net"
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
  readonly port: number
  readonly close: () => Promise<void>
}

/** How to start a {@link RealService}. */
export interface RealServiceOptions {
  readonly program: string
  /** Makes its arguments from a folder of its own and from free ports, of which the first is the one that clients use. */
  readonly words: (folder: string, ports: readonly number[]) => readonly string[]
  readonly environment?: NodeJS.ProcessEnv
  /** Runs before the service is started. */
  readonly prepare?: (folder: string) => void
}

/** Starts a real service and waits until its first port takes connections. */
export async function startReal(options: RealServiceOptions): Promise<RealService> {
  const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-real-"))
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const [port] = ports
  options.prepare?.(folder)
  const child = spawn(options.program, options.words(folder, ports), {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...options.environment },
  })
  const said: Buffer[] = []
  child.stderr.on("data", (data: Buffer) => said.push(data))
  const close = async (): Promise<void> => {
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await accepting(port, child)
  } catch (cause) {
    await close()
    const last = Buffer.concat(said).toString().slice(-2_000)
    throw new Error(`${options.program} did not start: ${last}`, { cause })
  }
  return { url: `http://127.0.0.1:${port}`, port, close }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}

const PATIENCE_MS = 60_000

async function accepting(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await isAccepting(port))) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    if (performance.now() > deadline) throw new Error("it takes no connections")
    await new Promise((resolve) => {
      setTimeout(resolve, 100)
    })
  }
}

async function isAccepting(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy()
      resolve(true)
    })
    socket.on("error", () => {
      resolve(false)
    })
  })
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
