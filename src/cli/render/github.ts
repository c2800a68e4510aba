import { countVerdicts, type FileResult, type Report } from "../../app/report.ts"
import { CHECKS } from "../../core/checks.ts"
import { plural, visible } from "../text.ts"

/** A report as workflow commands of GitHub Actions: errors, warnings, and one notice for what was verified. */
export function renderGithub(report: Report): string {
  const lines = report.results.flatMap(annotations)
  const { verified, rejected, undecided } = countVerdicts(report.results)
  if (verified > 0) {
    const message = `origin verified for ${verified} of ${plural(report.results.length, "file")}; ${rejected} rejected, ${undecided} undecided`
    lines.push(command("notice", { title: "wheelproof" }, message))
  }
  return lines.map((line) => `${line}\n`).join("")
}

function annotations({ target, verdict }: FileResult): string[] {
  switch (verdict.kind) {
    case "verified":
      return []
    case "rejected":
      return verdict.reasons.map(({ check, expected, found }) => {
        const { holds, next } = CHECKS[check]
        const detail = `expected: ${visible(expected)}\nfound: ${visible(found)}\nnext: ${next}`
        const message = `rejected ${visible(target)}: required is that ${holds}\n${detail}`
        return command("error", { file: fileOf(target), title: `wheelproof ${check}` }, message)
      })
    case "undecided": {
      const { message, code, hint } = verdict
      const next = hint === undefined ? "" : `\nnext: ${visible(hint)}`
      const text = `undecided ${visible(target)}: ${visible(message)}${next}`
      return [command("warning", { file: fileOf(target), title: `wheelproof ${code}` }, text)]
    }
  }
}

function fileOf(target: string): string | undefined {
  return target === "-" || /^sha256:[0-9a-f]{64}$/i.test(target) ? undefined : visible(target)
}

// The runner ends a message at a line break and a property at `:` or `,`; `%` starts its own escapes.
function command(
  name: "error" | "warning" | "notice",
  properties: Readonly<Record<string, string | undefined>>,
  message: string,
): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [`${key}=${data(value).replaceAll(":", "%3A").replaceAll(",", "%2C")}`],
  )
  return `::${name} ${given.join(",")}::${data(message)}`
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A")
}
