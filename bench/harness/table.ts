import { type Goal, isReached, type Row } from "./row.ts"

const HEADINGS = ["measured", "against", "ratio", "goal", "", "ours", "theirs", "by processor time"]

/** The rows as a table for people. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [HEADINGS, ...rows.map(cells)]
  const widths = HEADINGS.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  )
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}

/** The rows as a Markdown table. */
export function renderMarkdown(rows: readonly Row[]): string {
  const lines = [HEADINGS, HEADINGS.map(() => "---"), ...rows.map(cells)]
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n")
}

function cells(row: Row): readonly string[] {
  const { what, against, goal, result } = row
  if ("absent" in result) {
    return [what, against, "-", goalText(goal), "absent", result.absent, "", ""]
  }
  const { ratio, ours, theirs, unit, byProcessorTime } = result
  return [
    what,
    against,
    ratio.toFixed(2),
    goalText(goal),
    isReached(row) === true ? "reached" : "missed",
    `${figure(ours)} ${unit}`,
    `${figure(theirs)} ${unit}`,
    byProcessorTime?.toFixed(2) ?? "",
  ]
}

function goalText(goal: Goal): string {
  return "atLeast" in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`
}

function figure(value: number): string {
  return value < 10 ? value.toFixed(3) : value.toFixed(0)
}
