import { spawn } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { parseCertificate } from "../src/core/certificate.ts"
import { parsePem } from "../src/core/keys.ts"
import { parseEvidenceDocument } from "../src/formats/evidence-document.ts"
import { loadEmbeddedRoot } from "../src/sigstore/trust/embedded.ts"
import { certificatePem } from "../src/sigstore/rekor.ts"
import { createRekorServer } from "../src/world/rekor-server.ts"
import { createRekorV1, type RekorV1 } from "../src/world/rekor-v1.ts"
import { createWorld } from "../src/world/world.ts"

/**
 * `node scripts/with-log.ts FOLDER -- COMMAND…`: logs every bare DSSE envelope under a folder into a log of ours, a few seconds after its
 * certificate began, and runs the command with `ROOT` and `URL` in its arguments replaced: a trusted root with production's authorities and
 * this log, and the log's address. For evidence whose own log entry can no longer be asked for.
 */
const SECONDS_AFTER_ISSUE = 5

function logEnvelopes(folder: string, log: RekorV1): number {
  const seen = new Set<string>()
  for (const file of globSync(path.join(folder, "**"))) {
    if (!statSync(file).isFile()) continue
    const raw = readFileSync(file)
    const [parsed] = parseEvidenceDocument(raw, file)
    if (parsed?.kind !== "evidence" || parsed.evidence.form !== "dsse-envelope") continue
    const { material } = parsed.evidence
    const text = raw.toString()
    if (material.kind !== "certificate" || seen.has(text)) continue
    seen.add(text)
    const pem = certificatePem(material.leaf)
    const { notBefore } = parseCertificate(parsePem(pem, "CERTIFICATE", file))
    log.logEnvelope(raw, pem, notBefore / 1000 + SECONDS_AFTER_ISSUE, "intoto/0.0.1")
  }
  return seen.size
}

/** Production's trusted root with the world's log among its logs. */
async function trustedRoot(log: RekorV1): Promise<string> {
  const { trustedRoot: bytes } = await loadEmbeddedRoot()
  const root: { tlogs: unknown[] } = JSON.parse(Buffer.from(bytes).toString())
  const world = createWorld({ now: Date.now() })
  const [own] = world.trustedRoot().tlogs
  if (own === undefined) throw new Error("the world has no log")
  own.baseUrl = log.baseUrl
  own.publicKey.rawBytes = log.publicKey.export({ format: "der", type: "spki" }).toString("base64")
  own.publicKey.validFor = { start: "2020-01-01T00:00:00Z" }
  own.logId.keyId = Buffer.from(log.logId).toString("base64")
  root.tlogs.push(own)
  return JSON.stringify(root)
}

const [folder, , ...command] = process.argv.slice(2)
if (folder === undefined || command.length === 0) {
  throw new Error("usage: node scripts/with-log.ts FOLDER -- COMMAND…")
}
const log = createRekorV1()
const count = logEnvelopes(folder, log)
const server = await createRekorServer(log)
const temporary = mkdtempSync(path.join(tmpdir(), "wheelproof-log-"))
const root = path.join(temporary, "trusted_root.json")
writeFileSync(root, await trustedRoot(log))
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
