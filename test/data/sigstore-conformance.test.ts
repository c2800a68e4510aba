import { existsSync, readdirSync, readFileSync } from "node:fs"
import { createHash } from "node:crypto"
import path from "node:path"

import { describe, expect, test } from "vitest"

import { verifyBundle } from "../conformance/verify-bundle.ts"

const DATA = "../shared/data/sigstore-conformance"
const FOLDER = path.join(DATA, "bundle-verify")
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
const ISSUER = "https://token.actions.githubusercontent.com"

const names = existsSync(FOLDER)
  ? readdirSync(FOLDER, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  : []
const cases = names.flatMap((name) => (["file", "digest"] as const).map((by) => ({ name, by })))

describe.skipIf(cases.length === 0)("Sigstore's conformance suite", () => {
  test("has cases", () => {
    expect(cases.length).toBeGreaterThan(100)
  })

  test.each(cases)("$name by $by", async ({ name, by }) => {
    const inside = (file: string): string => path.join(FOLDER, name, file)
    const text = (file: string, usual: string): string =>
      existsSync(inside(file)) ? readFileSync(inside(file), "utf8").trim() : usual
    const artifact = existsSync(inside("artifact")) ? inside("artifact") : path.join(DATA, "a.txt")
    const sha256 = createHash("sha256").update(readFileSync(artifact)).digest("hex")
    const trusted = existsSync(inside("trusted_root.json"))
      ? ["--trusted-root", inside("trusted_root.json")]
      : []
    const identity = existsSync(inside("key.pub"))
      ? ["--key", inside("key.pub")]
      : [
          `--certificate-identity=${text("identity", IDENTITY)}`,
          `--certificate-oidc-issuer=${text("issuer", ISSUER)}`,
        ]
    const target = by === "file" ? artifact : `sha256:${sha256}`
    const argv = ["--bundle", inside("bundle.sigstore.json"), ...identity, ...trusted, target]
    const ending = await verifyBundle(argv).then(
      () => "verified",
      () => "refused",
    )
    expect(ending).toBe(name.endsWith("_fail") ? "refused" : "verified")
  })
})
