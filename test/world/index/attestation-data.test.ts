import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"

import { describe, expect, test } from "vitest"

import { parseTrustedRoots } from "../../../src/formats/trusted-root.ts"
import { acceptAttestations } from "../../../src/world/index/attestations.ts"
import { Refusal } from "../../../src/world/index/refusal.ts"

const DATA = "../shared/data/pypi"

interface Case {
  readonly id: string
  readonly file?: string
  readonly dist?: { readonly name: string; readonly digest: string }
  readonly attestation?: string
  readonly expected: Readonly<Record<string, string>>
  readonly instance: string
  readonly result: "ok" | "fail"
  readonly error?: string
}

const cases: readonly Case[] = existsSync(DATA)
  ? JSON.parse(readFileSync(path.join(DATA, "index.json"), "utf8")).cases
  : []
/** PyPI knows these publishers, and has a place for one certificate and the log of its first version. */
const decidable = cases.filter(
  ({ file, dist, attestation, expected }) =>
    (typeof file === "string" || dist?.name !== undefined) &&
    attestation !== undefined &&
    ["GitHub", "GitLab", "Google"].includes(expected["kind"] ?? ""),
)

/** How PyPI's answer begins for each class of fault. */
function beginning(error: string): string {
  if (error === "SCHEMA") return "Malformed attestations: "
  if (error.startsWith("CONVERT"))
    return "Unknown error while trying to verify included attestations: "
  return "Could not verify the uploaded artifact using the included attestation: Verification failed: "
}

describe.skipIf(cases.length === 0)("real attestations, as PyPI judges them", () => {
  test("there are some", () => {
    expect(decidable.length).toBeGreaterThan(12)
  })

  test.each(decidable)("$id is $result", (one) => {
    const { file = "", dist, expected } = one
    const content = file === "" ? undefined : readFileSync(path.join(DATA, file))
    const json = readFileSync(path.join(DATA, one.attestation ?? ""), "utf8")
    const root = path.join(DATA, "trust", `${one.instance}.trusted_root.json`)
    const outcome = acceptAttestations({
      json: `[${json}]`,
      identity: { environment: null, ...expected },
      filename: dist?.name ?? path.basename(file),
      sha256:
        content === undefined
          ? (dist?.digest ?? "")
          : createHash("sha256").update(content).digest("hex"),
      trust: parseTrustedRoots(readFileSync(root), root),
    })
    const said = outcome instanceof Refusal ? outcome.message : "taken"
    expect(said).toContain(one.result === "ok" ? "taken" : beginning(one.error ?? ""))
  })
})
