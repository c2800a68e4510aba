import type { FileResult, Report } from "../../app/report.ts"
import { CHECKS, type CheckId } from "../../core/checks.ts"
import type { ErrorCode } from "../../core/errors.ts"
import type { Reason } from "../../core/verdict.ts"
import { ERROR_TEXTS } from "../error-texts.ts"
import { reportExitCode } from "../exit.ts"
import { visible, visibleJson } from "../text.ts"
import { VERSION } from "../version.ts"

/** A report as a SARIF 2.1.0 log: a result for each reason of a rejection (error) and each undecided file (warning). */
export function renderSarif(report: Report): string {
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "wheelproof", version: VERSION, rules: RULES } },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: true,
            exitCode: reportExitCode(report),
            toolExecutionNotifications: report.notes.map((note) => ({
              level: "note",
              message: { text: visible(note) },
            })),
          },
        ],
        results: report.results.flatMap(results),
      },
    ],
  }
  return `${visibleJson(log, 2)}\n`
}

const CHECK_RULES = Object.entries(CHECKS).map(([id, { holds, why, next }]) => ({
  id,
  shortDescription: { text: holds },
  fullDescription: { text: why },
  help: { text: next },
  defaultConfiguration: { level: "error" },
}))

const ERROR_RULES = Object.entries(ERROR_TEXTS).map(([id, { means, next }]) => ({
  id,
  shortDescription: { text: means },
  fullDescription: { text: "the file could not be judged; this is never a pass" },
  help: { text: next },
  defaultConfiguration: { level: "warning" },
}))

const RULES = [...CHECK_RULES, ...ERROR_RULES]
const RULE_INDEX: ReadonlyMap<string, number> = new Map(RULES.map(({ id }, index) => [id, index]))

function results({ target, verdict }: FileResult): object[] {
  switch (verdict.kind) {
    case "verified":
      return []
    case "rejected":
      return verdict.reasons.map((reason) =>
        sarifResult(reason.check, "error", reasonText(target, reason), target),
      )
    case "undecided":
      return [sarifResult(verdict.code, "warning", visible(verdict.message), target)]
  }
}

function reasonText(target: string, { check, expected, found }: Reason): string {
  return `${visible(target)} is rejected: required is that ${CHECKS[check].holds}. Expected: ${visible(expected)}. Found: ${visible(found)}.`
}

function sarifResult(
  ruleId: CheckId | ErrorCode,
  level: "error" | "warning",
  text: string,
  target: string,
): object {
  return {
    ruleId,
    ruleIndex: RULE_INDEX.get(ruleId) ?? -1,
    level,
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri: targetUri(target) } } }],
  }
}

/** A target as a URI (RFC 3986): relative paths stay relative, absolute ones become `file:`, each segment is encoded. */
export function targetUri(target: string): string {
  const encoded = target
    .toWellFormed()
    .split("/")
    .map((segment) => encodeURIComponent(segment))
    .join("/")
  return target.startsWith("/") ? `file://${encoded}` : encoded
}
