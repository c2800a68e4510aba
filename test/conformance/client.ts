import process from "node:process"

import { verifyBundle } from "./verify-bundle.ts"

const [command, ...rest] = process.argv.slice(2)
try {
  if (command !== "verify-bundle") throw new Error(`${command ?? "no command"} is not supported`)
  await verifyBundle(rest)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
