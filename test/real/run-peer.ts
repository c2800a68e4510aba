import { spawn } from "node:child_process"
import process from "node:process"

import { installPeer, type IndexClientName } from "./peers.ts"

/** How a program ended, with both of its streams as they came. */
export interface Ended {
  readonly status: number | null
  readonly output: string
}

/**
 * Runs a peer, installed if need be, with nothing of the caller's environment but the path, and nobody's configuration. Does not block: what
 * the peer talks to may be in this process.
 */
export async function runPeer(
  name: IndexClientName,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  const usual = { PIP_CONFIG_FILE: "/dev/null", UV_NO_CONFIG: "1", COLUMNS: "1000" }
  const env = { PATH: process.env["PATH"], ...usual, ...environment }
  const child = spawn(installPeer(name), args, { env, stdio: ["ignore", "pipe", "pipe"] })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => chunks.push(chunk))
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", resolve)
  })
  return { status, output: Buffer.concat(chunks).toString("utf8") }
}
