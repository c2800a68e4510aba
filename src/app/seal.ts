import { CHECKS } from "../core/checks.ts"
import { WheelproofError } from "../core/errors.ts"
import type { Evidence } from "../core/evidence.ts"
import type { Reason } from "../core/verdict.ts"
import { createVerifier } from "../core/verifier.ts"
import { parseEvidenceDocument } from "../formats/evidence-document.ts"
import { writeBundle } from "../formats/write-bundle.ts"
import { parseSha256 } from "../core/digest.ts"
import { type EvidenceEffects, readEvidenceFile } from "./evidence-files.ts"
import { createLookUp, type LogAccess, needsLookUp } from "./look-up.ts"
import type { TrustSource } from "./trust-source.ts"

/** What `seal` made: JSON Lines of self-contained bundles. */
export interface Sealed {
  readonly content: string
  readonly notes: readonly string[]
}

/** The world that `seal` works in. */
export interface SealEffects extends EvidenceEffects {
  readonly trust: TrustSource
  readonly logs: LogAccess
}

/**
 * The `seal` use case: looks each bare envelope of a file up in its log and returns Sigstore bundles that carry the entry, one a line;
 * bundles stay as they are. Nothing is returned unless every one of them verifies without the network. Throws `ERR_INPUT_UNSUPPORTED`
 * for what cannot be sealed and `ERR_INPUT_MALFORMED` for what does not verify.
 */
export async function seal(file: string, effects: SealEffects): Promise<Sealed> {
  const lines: string[] = []
  let sealed = 0
  for await (const item of readEvidenceFile(effects, file)) {
    if (item.kind === "malformed") {
      throw new WheelproofError("ERR_INPUT_MALFORMED", `${item.origin}: ${item.message}`)
    }
    if (needsLookUp(item.evidence, false)) sealed += 1
    lines.push(await sealOne(item.evidence, effects))
  }
  if (lines.length === 0)
    throw new WheelproofError("ERR_INPUT_MALFORMED", `${file} holds no attestation`)
  const note =
    sealed === 0
      ? "every attestation in it was self-contained already"
      : `${sealed} of ${lines.length} attestations looked up and sealed`
  return { content: `${lines.join("\n")}\n`, notes: [note] }
}

async function sealOne(evidence: Evidence, effects: SealEffects): Promise<string> {
  const complete = createLookUp(effects.logs, effects.trust, false)
  const digest = firstDigest(evidence)
  const completed = await complete(evidence, { digests: { sha256: parseSha256(digest) } })
  if ("reason" in completed) throw refused(completed.reason)
  const text = writeBundle(completed.evidence)
  if (text === undefined) {
    throw new WheelproofError(
      "ERR_INPUT_UNSUPPORTED",
      `${evidence.origin} cannot be written as a Sigstore bundle: it has no certificate, or is not an envelope with one signature`,
    )
  }
  await verifyBefore(completed.evidence, effects.trust)
  await proveSelfContained(text, evidence.origin, effects.trust)
  return text
}

function firstDigest({ content, origin }: Evidence): string {
  const digests =
    content.kind === "dsse"
      ? content.statement.subjects.map(({ digest }) => digest.get("sha256"))
      : []
  const digest = digests.find((value) => value !== undefined)
  if (digest === undefined) {
    throw new WheelproofError(
      "ERR_INPUT_UNSUPPORTED",
      `${origin} names no subject with a sha256 digest`,
    )
  }
  return digest
}

async function verifyBefore(evidence: Evidence, trust: TrustSource): Promise<void> {
  const verifier = createVerifier({ instances: await trust.instances() })
  const outcome = verifier.authenticate(evidence)
  if (!outcome.ok) throw refused(outcome.reason)
}

// What is written is parsed and verified again from its own bytes, so that a sealed file never disappoints later.
async function proveSelfContained(text: string, origin: string, trust: TrustSource): Promise<void> {
  const [parsed] = parseEvidenceDocument(Buffer.from(text), origin)
  if (parsed?.kind !== "evidence") {
    throw new WheelproofError(
      "ERR_INPUT_MALFORMED",
      `${origin}: ${parsed?.message ?? "nothing was written"}`,
    )
  }
  const verifier = createVerifier({ instances: await trust.instances() })
  const outcome = verifier.authenticate(parsed.evidence)
  if (outcome.ok) return
  if (outcome.reason.check !== "log-entry-body") throw refused(outcome.reason)
  throw new WheelproofError(
    "ERR_INPUT_UNSUPPORTED",
    `${origin} cannot be sealed: its log entry is over the envelope's text with its white space, and a bundle does not keep the text`,
    { hint: "keep the file as it is; it verifies with a log look-up" },
  )
}

function refused({ check, expected, found, origin = "evidence" }: Reason): WheelproofError {
  return new WheelproofError(
    "ERR_INPUT_MALFORMED",
    `${origin} does not verify [${check}]: expected ${expected}, found ${found}`,
    { hint: CHECKS[check].next },
  )
}
