import { globSync, readFileSync, statSync } from "node:fs"
import path from "node:path"

import { parseCertificate } from "../../src/core/certificate.ts"
import { parsePem } from "../../src/core/keys.ts"
import { parseEvidenceDocument } from "../../src/formats/evidence-document.ts"
import { loadEmbeddedRoot } from "../../src/sigstore/trust/embedded.ts"
import { certificatePem } from "../../src/sigstore/rekor.ts"
import type { RekorV1 } from "../../src/world/sigstore/rekor-v1.ts"
import { createWorld } from "../../src/world/world.ts"

const SECONDS_AFTER_ISSUE = 5

/** Logs every bare DSSE envelope under a folder, a few seconds after its certificate began; how many there were. */
export function logEnvelopes(folder: string, log: RekorV1): number {
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

/** Production's trusted root as JSON, with this log among its logs. */
export async function trustedRootWith(log: RekorV1): Promise<string> {
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
