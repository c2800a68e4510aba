// Runs in Bun, which tells what a child used: its processor time and its peak memory. Standard input: a Course; standard output: its samples.
import { readFileSync, writeSync } from "node:fs"

import type { Course, Sample } from "./processes.ts"

declare const Bun: {
  spawnSync(
    command: readonly string[],
    options: {
      readonly cwd: string
      readonly stdin: "ignore"
      readonly stdout: "pipe"
      readonly stderr: "pipe"
    },
  ): {
    readonly exitCode: number | null
    readonly stderr: Uint8Array
    /** Microseconds, and octets. */
    readonly resourceUsage: {
      readonly cpuTime: { readonly total: number | bigint }
      readonly maxRSS: number
    }
  }
}

function measure(command: readonly string[], cwd: string): Sample {
  const start = performance.now()
  const child = Bun.spawnSync(command, { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" })
  const wallMs = performance.now() - start
  const { cpuTime, maxRSS } = child.resourceUsage
  return {
    status: child.exitCode,
    complaint: Buffer.from(child.stderr).toString("utf8").slice(-400),
    wallMs,
    cpuMs: Number(cpuTime.total) / 1000,
    peakBytes: maxRSS,
  }
}

const { commands, rounds, cwd }: Course = JSON.parse(readFileSync(0, "utf8"))
const samples = commands.map(() => new Array<Sample>())
for (let round = 0; round < rounds; round += 1) {
  for (const [index, command] of commands.entries()) samples[index]?.push(measure(command, cwd))
}
writeSync(1, JSON.stringify(samples))
