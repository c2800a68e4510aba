import { existsSync, readFileSync } from "node:fs"
import path from "node:path"

import { describe, expect, test } from "vitest"

import { type Verdict, verify } from "../../src/index.ts"
import { parseEvidenceDocument } from "../../src/formats/evidence-document.ts"

const RAW = "../shared/data/github/raw"

/** How each file ends, offline and with the public-good instance's trust root. */
const ENDINGS: readonly (readonly [file: string, ending: string])[] = [
  [
    "byob-delegator-v2.1.0-push-tag.build.slsa",
    "verified https://github.com/slsa-framework/example-package",
  ],
  [
    "generic-v2.1.0-push-tag.intoto.jsonl",
    "verified https://github.com/slsa-framework/example-package",
  ],
  [
    "generic-v2.1.0-workflow_dispatch.intoto.jsonl",
    "verified https://github.com/slsa-framework/example-package",
  ],
  // Generators up to v2.0.0 published bare envelopes, whose log entry has to be looked up.
  ["generic-v1.10.0-push-tag.intoto.jsonl", "undecided ERR_OFFLINE"],
  ["generic-v1.2.1-push-tag.intoto.jsonl", "undecided ERR_OFFLINE"],
  [
    "gh-attest-public-custom-issuer-2024-09.bundle.json",
    "verified https://github.com/too-legit/attest",
  ],
  [
    "gh-attest-reusable-workflow-sha-pinned-2024-05.bundle.json",
    "verified https://github.com/malancas/attest-demo",
  ],
  [
    "pypi-pep740-slsa-provenance.attestation.json",
    "verified https://github.com/trailofbits/pypi-attestations",
  ],
  // GitHub's own instance, which signs for private repositories and for immutable releases, is not in the public-good root.
  ["gh-attest-private-tsa-2024-04.bundle.jsonl", "rejected certificate-chain"],
  // An immutable release is attested by its commit; no file is a subject with a SHA-256 digest.
  ["gh-immutable-release-attestation-2025-05.bundle.json", "rejected evidence-present"],
]

describe.skipIf(!existsSync(RAW))("what GitHub's tools sign", () => {
  test.each(ENDINGS)("%s: %s", async (name, expected) => {
    const file = path.join(RAW, name)
    const { digest, named } = firstSubject(file)
    const { results } = await verify(`sha256:${digest}`, {
      provenance: [file],
      offline: true,
      ...(named === undefined ? {} : { name: named }),
    })
    expect(endingOf(results[0]?.verdict)).toBe(expected)
  })
})

function endingOf(verdict: Verdict | undefined): string {
  switch (verdict?.kind) {
    case "verified":
      return `verified ${verdict.proof.identity?.sourceRepository ?? ""}`
    case "rejected":
      return `rejected ${verdict.reasons.map(({ check }) => check).join()}`
    case "undecided":
      return `undecided ${verdict.code}`
    case undefined:
      return "nothing"
  }
}

/** The first subject's digest, SHA-256 or one that stands for none, and its name. */
function firstSubject(file: string): { readonly digest: string; readonly named?: string } {
  const [parsed] = parseEvidenceDocument(readFileSync(file), file)
  if (parsed?.kind !== "evidence" || parsed.evidence.content.kind !== "dsse") throw new Error(file)
  const [subject] = parsed.evidence.content.statement.subjects
  const { name } = subject ?? {}
  return {
    digest: subject?.digest.get("sha256") ?? "0".repeat(64),
    ...(name === undefined ? {} : { named: name }),
  }
}
