import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { startService } from "../src/world/http/service.ts"
import { createRekorV1Handler } from "../src/world/sigstore/rekor-v1-handler.ts"
import { createRekorV1 } from "../src/world/sigstore/rekor-v1.ts"
import { logEnvelopes, trustedRootWith } from "../test/support/legacy-log.ts"

/**
 * `node scripts/with-log.ts FOLDER -- COMMAND…`: logs every bare DSSE envelope under a folder into a log of ours, a few seconds after its
 * certificate began, and runs the command with `ROOT` and `URL` in its arguments replaced: a trusted root with production's authorities and
 * this log, and the log's address. For evidence whose own log entry can no longer be asked for.
 */
const [folder, , ...command] = process.argv.slice(2)
if (folder === undefined || command.length === 0) {
  throw new Error("usage: node scripts/with-log.ts FOLDER -- COMMAND…")
}
const log = createRekorV1()
const count = logEnvelopes(folder, log)
const server = await startService(createRekorV1Handler(log))
const temporary = mkdtempSync(path.join(tmpdir(), "wheelproof-log-"))
const root = path.join(temporary, "trusted_root.json")
writeFileSync(root, await trustedRootWith(log))
process.stderr.write(`${count} envelopes logged\n`)
try {
  const args = command.map((word) => word.replaceAll("ROOT", root).replaceAll("URL", server.url))
  const child = spawn(args[0] ?? "", args.slice(1), { stdio: "inherit" })
  process.exitCode = await new Promise<number>((resolve) => {
    child.on("close", (status) => resolve(status ?? 1))
  })
} finally {
  await server.close()
  rmSync(temporary, { recursive: true })
}
