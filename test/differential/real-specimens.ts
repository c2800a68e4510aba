import { existsSync, globSync, readFileSync, statSync } from "node:fs"
import path from "node:path"

import { parsePem } from "../../src/core/keys.ts"
import type { TrustedRootJson } from "../../src/world/sigstore/wire.ts"
import { valueAt } from "./json-tree.ts"
import type { Specimen } from "./specimen.ts"

const DATA = "../shared/data"
const SUITE = path.join(DATA, "sigstore-conformance")
const FOLDERS = [
  "slsa-verifier/testdata",
  "sigstore-conformance/bundle-verify",
  "pypi",
  "github/raw",
]
const MAX_BYTES = 1_000_000

/** The real bundles beside the project, each once; PEP 740 attestations as the bundles they amount to. None where they are absent. */
export function realSpecimens(): readonly Specimen[] {
  const seen = new Set<string>()
  return FOLDERS.flatMap((folder) => globSync(path.join(DATA, folder, "**/*")))
    .filter((file) => statSync(file).isFile() && statSync(file).size < MAX_BYTES)
    .toSorted()
    .flatMap((file) => specimensIn(file))
    .filter(({ bundle }) => {
      const text = JSON.stringify(bundle)
      const isNew = !seen.has(text)
      seen.add(text)
      return isNew
    })
}

function specimensIn(file: string): readonly Specimen[] {
  const name = path.relative(DATA, file)
  return documentsIn(file)
    .flatMap(bundlesIn)
    .flatMap((bundle) => {
      const artifact = artifactOf(file, bundle)
      const key = keyOf(file, bundle)
      if (valueAt(bundle, ["messageSignature"]) !== undefined && artifact === undefined) return []
      return [
        {
          name,
          bundle,
          trustedRoot: rootFor(file),
          ...(artifact === undefined ? {} : { artifact }),
          ...(key === undefined ? {} : { key }),
        },
      ]
    })
}

/** The JSON values of a file: one document, or one a line. */
function documentsIn(file: string): readonly unknown[] {
  const text = readFileSync(file, "utf8")
  if (!text.trimStart().startsWith("{")) return []
  const whole = parsed(text)
  return whole === undefined ? text.split("\n").map(parsed) : [whole]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function bundlesIn(document: unknown): readonly unknown[] {
  if (valueAt(document, ["verificationMaterial"]) !== undefined) return [document]
  const attestations = valueAt(document, ["attestations"])
  if (Array.isArray(attestations)) return attestations.map((one) => valueAt(one, ["bundle"]))
  const bundles = valueAt(document, ["attestation_bundles"])
  const items: readonly unknown[] = Array.isArray(bundles)
    ? bundles.flatMap((bundle): unknown => valueAt(bundle, ["attestations"]))
    : [document]
  return items
    .filter((item) => valueAt(item, ["verification_material"]) !== undefined)
    .map(toBundle)
}

function toBundle(attestation: unknown): unknown {
  const at = (...keys: readonly string[]): unknown => {
    const value = valueAt(attestation, keys)
    // pypi-attestations before 0.0.12 broke its base64 into lines.
    return typeof value === "string" ? value.replaceAll(/[\r\n]/g, "") : value
  }
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: at("verification_material", "certificate") },
      tlogEntries: at("verification_material", "transparency_entries"),
    },
    dsseEnvelope: {
      payload: at("envelope", "statement"),
      payloadType: "application/vnd.in-toto+json",
      signatures: [{ sig: at("envelope", "signature") }],
    },
  }
}

function rootFor(file: string): TrustedRootJson {
  const own = path.join(path.dirname(file), "trusted_root.json")
  const instance = /staging/.test(file) ? "staging" : "production"
  const shared = path.join(DATA, "pypi/trust", `${instance}.trusted_root.json`)
  return JSON.parse(readFileSync(existsSync(own) ? own : shared, "utf8"))
}

function artifactOf(file: string, bundle: unknown): string | undefined {
  if (valueAt(bundle, ["messageSignature"]) === undefined || !file.startsWith(SUITE))
    return undefined
  const own = path.join(path.dirname(file), "artifact")
  return readFileSync(existsSync(own) ? own : path.join(SUITE, "a.txt")).toString("base64")
}

function keyOf(file: string, bundle: unknown): Specimen["key"] {
  const pem = path.join(path.dirname(file), "key.pub")
  const hint = valueAt(bundle, ["verificationMaterial", "publicKey", "hint"])
  if (!existsSync(pem) || typeof hint !== "string") return undefined
  try {
    const spki = parsePem(readFileSync(pem, "utf8"), "PUBLIC KEY", pem)
    return { hint, spki: Buffer.from(spki).toString("base64") }
  } catch {
    return undefined
  }
}
