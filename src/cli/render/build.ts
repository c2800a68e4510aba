import type { BuildReport, BuiltFileReport, Reproducibility } from "../../app/build/report.ts"
import {
  DIFFERENCE_TEXTS,
  type DistributionDifference,
} from "../../formats/distribution/compare.ts"
import type { DistributionProblem } from "../../formats/distribution/problem.ts"
import { PROBLEMS } from "../../formats/distribution/problems.ts"
import { moment, visible, visibleJson } from "../text.ts"
import { VERSION } from "../version.ts"
import { rows } from "./human.ts"
import { JSON_SCHEMA_VERSION } from "./json.ts"
import type { Row } from "./proof.ts"

/** A build for people: each file, what is wrong with it, what is wrong with all of them together, and what they were made of. */
export function buildText(report: BuildReport, quiet: boolean): string {
  const { files, setProblems, reproducibility, output } = report
  if (quiet && output !== undefined) return ""
  const blocks = [
    ...files.map(fileBlock),
    ...(setProblems.length === 0 ? [] : [`refused as a release\n${problemLines(setProblems)}`]),
    ...(reproducibility === undefined ? [] : [reproducibilityBlock(reproducibility)]),
    rows(factRows(report), 0),
  ]
  return `${blocks.join("\n")}\n`
}

function fileBlock({ name, size, sha256, problems, tolerated }: BuiltFileReport): string {
  const head = `${problems.length === 0 ? "built" : "refused"} ${visible(name)}`
  const lines: Row[] = [
    { label: "sha256", value: sha256 },
    { label: "size", value: `${size} bytes` },
    ...tolerated.map((problem) => ({ label: "not for PyPI", value: headlineOf(problem) })),
  ]
  const wrong = problems.length === 0 ? [] : [problemLines(problems)]
  return [head, rows(lines), ...wrong].join("\n")
}

function problemLines(problems: readonly DistributionProblem[]): string {
  return problems
    .map((problem) => {
      const { rule, why, next } = PROBLEMS[problem.code]
      const words: Row[] = [
        { label: "required", value: `it ${rule}` },
        { label: "why", value: why },
        { label: "next", value: next },
      ]
      return `  ${headlineOf(problem)}\n${rows(words, 4, 12)}`
    })
    .join("\n")
}

function headlineOf({ code, where, found }: DistributionProblem): string {
  const place = where === undefined ? "" : `${visible(where)}: `
  return `[${code}] ${place}${visible(found)}`
}

function reproducibilityBlock({ different }: Reproducibility): string {
  if (different.length === 0) return "reproducible: two builds gave the same bytes"
  const blocks = different.map(({ name, differences }) =>
    [`not reproducible: ${visible(name)}`, ...differenceLines(differences)].join("\n"),
  )
  return blocks.join("\n")
}

/** Differences of one kind that are shown one by one. */
const SHOWN_DIFFERENCES = 3

function differenceLines(differences: readonly DistributionDifference[]): readonly string[] {
  const kinds = [...new Set(differences.map(({ kind }) => kind))]
  return kinds.flatMap((kind) => {
    const all = differences.filter((difference) => difference.kind === kind)
    const more = all.length - SHOWN_DIFFERENCES
    return [
      `  [${kind}] ${DIFFERENCE_TEXTS[kind]}`,
      ...all.slice(0, SHOWN_DIFFERENCES).map(({ where, found }) => {
        const place = where === undefined ? "" : `${visible(where)}: `
        return `    ${place}${visible(found)}`
      }),
      ...(more > 0 ? [`    and ${more} more; --format json has them all`] : []),
    ]
  })
}

// Of a part of a release, what is missing is not asked.
function setWord({ isSetDeclared, setProblems }: BuildReport): string {
  if (setProblems.length > 0) return "not right"
  return isSetDeclared ? "as declared" : "not declared"
}

function factRows(report: BuildReport): readonly Row[] {
  const { source, frontend, wheelBuilder, output } = report
  const { commit, isChanged, sourceDateEpoch } = source
  const changed = isChanged === true ? ", and changes that are not committed" : ""
  const tools = wheelBuilder === "build" ? frontend : `${frontend}, cibuildwheel`
  return [
    ...(commit === undefined ? [] : [{ label: "commit", value: `${commit}${changed}` }]),
    ...(sourceDateEpoch === undefined ? [] : [{ label: "time", value: timeWord(sourceDateEpoch) }]),
    { label: "built with", value: tools },
    { label: "release set", value: setWord(report) },
    ...(output === undefined ? [] : [{ label: "wrote", value: visible(output) }]),
  ]
}

function timeWord(sourceDateEpoch: number): string {
  return `${moment(sourceDateEpoch * 1000)} (SOURCE_DATE_EPOCH ${sourceDateEpoch})`
}

/** A build as one JSON document. Its fields are API; docs/cli.md lists them. */
export function buildJson(report: BuildReport, exitCode: 0 | 1): string {
  const { files, setProblems, isSetDeclared, reproducibility, output } = report
  const document = {
    schemaVersion: JSON_SCHEMA_VERSION,
    tool: { name: "wheelproof", version: VERSION },
    outcome: exitCode === 0 ? "built" : "refused",
    exitCode,
    files: files.map(({ name, size, sha256, problems, tolerated }) => ({
      name,
      size,
      sha256,
      problems: problems.map(problemJson),
      tolerated: tolerated.map(problemJson),
    })),
    set: { declared: isSetDeclared, problems: setProblems.map(problemJson) },
    ...(reproducibility === undefined
      ? {}
      : { reproducibility: reproducibilityJson(reproducibility) }),
    source: report.source,
    frontend: report.frontend,
    wheelBuilder: report.wheelBuilder,
    ...(output === undefined ? {} : { output }),
    notes: report.notes,
  }
  return `${visibleJson(document, 2)}\n`
}

function problemJson({ code, where, found, pypi }: DistributionProblem): object {
  const { rule, why, next, refusedBy } = PROBLEMS[code]
  return {
    code,
    ...(where === undefined ? {} : { where }),
    found,
    ...(pypi === undefined ? {} : { pypi }),
    rule,
    why,
    next,
    refusedBy,
  }
}

function reproducibilityJson({ different }: Reproducibility): object {
  return {
    same: different.length === 0,
    different: different.map(({ name, differences }) => ({
      name,
      differences: differences.map(differenceJson),
    })),
  }
}

function differenceJson({ kind, where, offset, found }: DistributionDifference): object {
  return {
    kind,
    ...(where === undefined ? {} : { where }),
    ...(offset === undefined ? {} : { offset }),
    found,
  }
}
