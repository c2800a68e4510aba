import { createHash } from "node:crypto"

import type { Artifact } from "../../src/core/artifact.ts"
import type { CheckId } from "../../src/core/checks.ts"
import { parseSha256 } from "../../src/core/digest.ts"
import type { Evidence } from "../../src/core/evidence.ts"
import type { Expectation } from "../../src/core/expectation.ts"
import type { PublicKey } from "../../src/core/keys.ts"
import type { TrustedInstance } from "../../src/core/trust.ts"
import type { Proof, Reason } from "../../src/core/verdict.ts"
import { createVerifier } from "../../src/core/verifier.ts"
import { parseEvidenceDocument } from "../../src/formats/evidence-document.ts"
import { parseTrustedRoots } from "../../src/formats/trusted-root.ts"
import { verifyPrehashed } from "../../src/core/prehash.ts"
import { subjectOf } from "../../src/world/sigstore/statements.ts"
import type { World } from "../../src/world/world.ts"

/** The moment in which the tests' worlds live. */
export const NOW: number = Date.UTC(2026, 5, 1, 12)

/** The wheel that the tests' evidence is about. */
export const WHEEL: Buffer = Buffer.from("the bytes of a wheel")
export const WHEEL_NAME = "rocket-1.0.0-py3-none-any.whl"

/** The wheel as a subject of a statement. */
export function wheelSubject(): ReturnType<typeof subjectOf> {
  return subjectOf(WHEEL_NAME, WHEEL)
}

/** The wheel as the verifier sees it, with every digest. */
export function wheel(changes: Partial<Artifact> = {}, bytes: Uint8Array = WHEEL): Artifact {
  const hex = (algorithm: string): string => createHash(algorithm).update(bytes).digest("hex")
  const digests = {
    sha256: parseSha256(hex("sha256")),
    sha384: hex("sha384"),
    sha512: hex("sha512"),
  }
  return { digests, name: WHEEL_NAME, ...changes }
}

/** How to judge. */
export interface JudgeOptions {
  readonly artifact?: Artifact
  readonly expectation?: Expectation
  readonly keys?: readonly PublicKey[]
  readonly instances?: readonly TrustedInstance[]
  readonly statementCounts?: boolean
}

/** What came of it: the checks that failed, none for verified. */
export interface Judged {
  readonly checks: readonly CheckId[]
  readonly reasons: readonly Reason[]
  readonly proof: Proof | undefined
}

/** A world's trusted root, parsed. */
export function instancesOf(
  world: World,
  options?: Parameters<World["trustedRoot"]>[0],
): readonly TrustedInstance[] {
  return parseTrustedRoots(Buffer.from(JSON.stringify(world.trustedRoot(options))), "world")
}

/** The one attestation of a document, which has to be readable. */
export function evidenceOf(document: unknown): Evidence {
  const [parsed] = parseEvidenceDocument(Buffer.from(JSON.stringify(document)), "evidence")
  if (parsed?.kind !== "evidence") throw new Error(parsed?.message ?? "nothing")
  return parsed.evidence
}

/** Verifies a document with one attestation against a world's trusted root. */
export function judge(world: World, document: unknown, options: JudgeOptions = {}): Judged {
  const bytes = document instanceof Uint8Array ? document : Buffer.from(JSON.stringify(document))
  const parsed = parseEvidenceDocument(bytes, "evidence")
  const [first] = parsed
  if (first?.kind !== "evidence") {
    const found = first?.message ?? "nothing"
    const check = first === undefined ? "evidence-present" : "evidence-malformed"
    return { checks: [check], reasons: [{ check, expected: "", found }], proof: undefined }
  }
  const verifier = createVerifier({
    instances: options.instances ?? instancesOf(world),
    verifyPrehashed,
    ...(options.keys === undefined ? {} : { keys: options.keys }),
    ...(options.statementCounts === undefined ? {} : { statementCounts: options.statementCounts }),
  })
  const verdict = verifier.verify(
    options.artifact ?? wheel(),
    first.evidence,
    options.expectation ?? {},
  )
  return verdict.kind === "verified"
    ? { checks: [], reasons: [], proof: verdict.proof }
    : {
        checks: verdict.reasons.map(({ check }) => check),
        reasons: verdict.reasons,
        proof: undefined,
      }
}
