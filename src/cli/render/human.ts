import { countVerdicts, type FileResult, type Report, type TrustSummary } from "../../app/report.ts"
import { CHECKS } from "../../core/checks.ts"
import type { Reason, Verdict } from "../../core/verdict.ts"
import { moment, plural, visible } from "../text.ts"
import { proofRows, type Row } from "./proof.ts"
import type { Style } from "./style.ts"

/** How to say it. */
export interface HumanOptions {
  readonly style: Style
  readonly quiet: boolean
  readonly verbose: boolean
  /** Milliseconds since 1970; ages are counted from here. */
  readonly now: number
}

const LABEL_WIDTH = 14

/**
 * A report for people: a headline for each file with what was proved or what failed under it, then the trust root and a
 * summary. Neighbours with the same proof share its lines. Quiet leaves out what was verified.
 */
export function renderHuman(report: Report, options: HumanOptions): string {
  const lines: string[] = []
  const blocks = report.results.map((result) => resultBlock(result, options))
  for (const [index, { headline, body }] of blocks.entries()) {
    const { verdict } = report.results[index] ?? {}
    if (options.quiet && verdict?.kind === "verified") continue
    lines.push(headline)
    const next = blocks[index + 1]
    const shared = verdict?.kind === "verified" && next?.body === body
    if (!shared && body !== "") lines.push(body, "")
  }
  const counts = countVerdicts(report.results)
  if (options.quiet && counts.verified === report.results.length) return ""
  if (report.trust !== undefined && !options.quiet) {
    lines.push(rows([{ label: "trust root", value: trustLine(report.trust, options.now) }], 0))
  }
  if (counts.verified > 0 && !options.quiet) lines.push(MEANING)
  lines.push(
    `${counts.verified} verified, ${counts.rejected} rejected, ${counts.undecided} undecided`,
  )
  return lines.map((line) => `${line}\n`).join("")
}

const MEANING =
  "origin verified: it is proved where the verified files come from, not that they do no harm"

/** Where the trust root came from, its version and its age. */
export function trustLine(trust: TrustSummary, now: number): string {
  const parts = [`${trust.source} (${visible(trust.origin)})`]
  if (trust.version !== undefined) parts.push(`version ${trust.version}`)
  if (trust.asOf !== undefined) parts.push(`current on ${moment(trust.asOf)} (${age(trust, now)})`)
  if (trust.instances.length > 0) {
    parts.push(`for ${trust.instances.map((instance) => visible(instance)).join(", ")}`)
  }
  return parts.join(", ")
}

/** Labelled lines, indented; a label that is too long keeps its value on the same line. */
export function rows(entries: readonly Row[], indent = 2, width: number = LABEL_WIDTH): string {
  return entries
    .map(({ label, value }) => `${" ".repeat(indent)}${label.padEnd(width)}${value}`.trimEnd())
    .join("\n")
}

function age({ asOf }: TrustSummary, now: number): string {
  const days = Math.floor((now - (asOf ?? now)) / 86_400_000)
  return days < 1 ? "less than a day ago" : `${plural(days, "day")} ago`
}

function resultBlock(
  { target, verdict }: FileResult,
  { style, verbose }: HumanOptions,
): { readonly headline: string; readonly body: string } {
  const name = visible(target)
  switch (verdict.kind) {
    case "verified":
      return {
        headline: `${style.good("verified")} ${name}`,
        body: rows(proofRows(verdict.proof, verbose)),
      }
    case "rejected":
      return {
        headline: `${style.bad("rejected")} ${name}`,
        body: verdict.reasons.map((reason) => reasonBlock(reason, style)).join("\n"),
      }
    case "undecided":
      return { headline: `${style.unsure("undecided")} ${name}`, body: undecidedBlock(verdict) }
  }
}

function reasonBlock({ check, expected, found, origin }: Reason, style: Style): string {
  const { holds, why, next } = CHECKS[check]
  const lines: Row[] = [
    { label: "expected", value: visible(expected) },
    { label: "found", value: visible(found) },
    ...(origin === undefined ? [] : [{ label: "evidence", value: visible(origin) }]),
    { label: "why", value: why },
    { label: "next", value: next },
  ]
  return `  ${style.bad(`[${check}]`)} required: ${holds}\n${rows(lines, 4, LABEL_WIDTH - 2)}`
}

function undecidedBlock({ message, code, hint }: Extract<Verdict, { kind: "undecided" }>): string {
  const lines: Row[] = [{ label: "reason", value: `${visible(message)} (${code})` }]
  if (hint !== undefined) lines.push({ label: "next", value: visible(hint) })
  return rows(lines)
}
