import { countVerdicts, type FileResult, type Report, type TrustSummary } from "../../app/report.ts"
import { CHECKS } from "../../core/checks.ts"
import type { Claim } from "../../core/claim.ts"
import type { Proof, Reason, VerifiedLogEntry, VerifiedTime } from "../../core/verdict.ts"
import { reportExitCode } from "../exit.ts"
import { moment, visibleJson } from "../text.ts"
import { VERSION } from "../version.ts"

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
export const JSON_SCHEMA_VERSION = 1

const OUTCOMES = { 0: "verified", 1: "rejected", 3: "undecided", 4: "nothing" } as const

/** A report as one JSON document. Its fields are API; docs/cli.md lists them. */
export function renderJson(report: Report): string {
  const document = {
    ...summaryJson(report),
    ...(report.trust === undefined ? {} : { trust: trustJson(report.trust) }),
    notes: report.notes,
    results: report.results.map(resultJson),
  }
  return `${visibleJson(document, 2)}\n`
}

/** A report as JSON Lines: each result with `"type":"result"`, then one line with `"type":"summary"`. */
export function renderJsonLines(report: Report): string {
  const lines: unknown[] = report.results.map((result) => ({
    type: "result",
    ...resultJson(result),
  }))
  lines.push({
    type: "summary",
    ...summaryJson(report),
    ...(report.trust === undefined ? {} : { trust: trustJson(report.trust) }),
    notes: report.notes,
  })
  return lines.map((line) => `${visibleJson(line)}\n`).join("")
}

/** The trust root's summary, with its date as text. */
export function trustJson({ asOf, ...trust }: TrustSummary): object {
  return { ...trust, ...(asOf === undefined ? {} : { asOf: moment(asOf) }) }
}

function summaryJson(report: Report): object {
  const exitCode = reportExitCode(report)
  return {
    schemaVersion: JSON_SCHEMA_VERSION,
    tool: { name: "wheelproof", version: VERSION },
    outcome: OUTCOMES[exitCode],
    exitCode,
    counts: countVerdicts(report.results),
  }
}

function resultJson({ target, name, digests, verdict }: FileResult): object {
  const file = {
    target,
    ...(name === undefined ? {} : { name }),
    ...(digests === undefined ? {} : { digests }),
    verdict: verdict.kind,
  }
  switch (verdict.kind) {
    case "verified":
      return { ...file, proof: proofJson(verdict.proof) }
    case "rejected":
      return { ...file, reasons: verdict.reasons.map(reasonJson) }
    case "undecided": {
      const { code, message, hint } = verdict
      return { ...file, error: { code, message, ...(hint === undefined ? {} : { hint }) } }
    }
  }
}

function reasonJson({ check, expected, found, origin }: Reason): object {
  const { holds, why, next } = CHECKS[check]
  const about = origin === undefined ? {} : { origin }
  return { check, expected, found, ...about, holds, why, next }
}

// Field by field: what is internal to Proof must not become API by accident.
function proofJson(proof: Proof): object {
  const { subjectName, subjectCount, predicateType, identity, key, claim, publisher } = proof
  return {
    digests: proof.digests,
    evidence: { form: proof.evidence.form, origin: proof.evidence.origin },
    subject: { ...(subjectName === undefined ? {} : { name: subjectName }), count: subjectCount },
    ...(predicateType === undefined ? {} : { predicateType }),
    ...(proof.instance === undefined ? {} : { instance: proof.instance }),
    ...(identity === undefined ? {} : { identity }),
    ...(key === undefined ? {} : { key }),
    ...(claim === undefined ? {} : { claim: claimJson(claim) }),
    ...(publisher === undefined ? {} : { publisher }),
    times: proof.times.map(timeJson),
    logEntries: proof.logEntries.map(logEntryJson),
    crossChecked: proof.crossChecked,
    compared: proof.compared,
    notCompared: proof.notCompared,
    notes: proof.notes,
  }
}

function claimJson({ resolvedDependencies, ...claim }: Claim): object {
  return {
    ...claim,
    resolvedDependencies: resolvedDependencies.map(({ uri, digest }) => ({
      ...(uri === undefined ? {} : { uri }),
      digest: Object.fromEntries(digest),
    })),
  }
}

function timeJson({ source, time, authority }: VerifiedTime): object {
  return { source, time: moment(time), authority }
}

function logEntryJson({ log, logIndex, kind, proof }: VerifiedLogEntry): object {
  return { log, logIndex, kind, proof }
}
