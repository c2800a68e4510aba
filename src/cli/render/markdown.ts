import { countVerdicts, type FileResult, type Report } from "../../app/report.ts"
import { CHECKS } from "../../core/checks.ts"
import { visible } from "../text.ts"
import { refOf, signerOf, sourceOf } from "./proof.ts"
import { trustLine } from "./human.ts"

/** A report as a GitHub-flavoured Markdown table, for job summaries and pull requests. */
export function renderMarkdown(report: Report, now: number): string {
  const { verified, rejected, undecided } = countVerdicts(report.results)
  const lines = [
    "### Provenance",
    "",
    `${verified} verified, ${rejected} rejected, ${undecided} undecided`,
    "",
  ]
  if (report.results.length > 0) {
    lines.push("| file | verdict | origin |", "| --- | --- | --- |")
    lines.push(...report.results.map(tableRow), "")
  }
  if (verified > 0) {
    lines.push(
      "Origin verified: it is proved where a file comes from, not that it does no harm.",
      "",
    )
  }
  if (report.trust !== undefined)
    lines.push(`Trust root: ${code(trustLine(report.trust, now))}`, "")
  for (const note of report.notes) lines.push(`- ${code(visible(note))}`)
  return `${lines.join("\n").trimEnd()}\n`
}

function tableRow({ target, verdict }: FileResult): string {
  return `| ${code(visible(target))} | ${verdict.kind} | ${details(verdict)} |`
}

function details(verdict: FileResult["verdict"]): string {
  switch (verdict.kind) {
    case "verified": {
      const { proof } = verdict
      const parts = [sourceOf(proof), refOf(proof), `signed by ${signerOf(proof)}`]
      const shown = parts.flatMap((part) => (part === undefined ? [] : [code(part)]))
      if (proof.compared.length === 0) shown.push("nothing was compared")
      return shown.join("<br>")
    }
    case "rejected":
      return verdict.reasons
        .map(
          ({ check, expected, found }) =>
            `${code(check)} ${escape(CHECKS[check].holds)}: expected ${code(visible(expected))}, found ${code(visible(found))}`,
        )
        .join("<br>")
    case "undecided":
      return `${code(verdict.code)} ${code(visible(verdict.message))}`
  }
}

/**
 * Foreign text as literal code. A Markdown code span cannot hold every text inside a table (pipes, backticks), so the element is
 * HTML and everything that Markdown or HTML gives a meaning is a character reference.
 */
function code(text: string): string {
  return `<code>${escape(text)}</code>`
}

function escape(text: string): string {
  return text
    .replaceAll(/[&<>"'|`*_~[\]()\\!#@$^{}]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll("://", "&#58;//")
    .replaceAll(/www\./gi, (match) => `${match.slice(0, 3)}&#46;`)
}
