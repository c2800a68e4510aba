// A process of its own that finds the trust root. Its arguments: cache folder, mirror, embedded root in base64, date of the seed.
import process from "node:process"

import { createFiles } from "../../src/io/files.ts"
import { resolveTrustRoot } from "../../src/sigstore/trust/resolve.ts"

const [cacheFolder = "", mirror = "", root = "", asOf = ""] = process.argv.slice(2)
const found = await resolveTrustRoot({
  file: undefined,
  offline: false,
  cacheFolder,
  maxAgeDays: 30,
  timeoutMs: 10_000,
  signal: new AbortController().signal,
  now: Date.now(),
  files: createFiles(),
  embedded: {
    mirror,
    root: Buffer.from(root, "base64"),
    trustedRoot: Buffer.from("seed"),
    asOf: Number(asOf),
  },
})
const { bytes, source, notes } = found
process.stdout.write(
  JSON.stringify({ text: Buffer.from(bytes).toString("utf8"), source, notes: [...notes] }),
)
