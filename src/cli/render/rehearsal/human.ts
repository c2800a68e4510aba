import {
  type Attack,
  type Chain,
  type ChainLink,
  distinctReasons,
  type Rehearsal,
  type RehearsalStep,
  rehearsalOutcome,
  type StepOutcome,
} from "../../../app/rehearse/report.ts"
import { commandText, fileSize, plural, seconds, visible } from "../../text.ts"
import { CHECKS } from "../../../core/checks.ts"
import type { Style } from "../style.ts"

const ACTOR_WIDTH = 11
const LINK_WIDTH = 13
const TIME_WIDTH = 8
const INDENT = " ".repeat(TIME_WIDTH + ACTOR_WIDTH + 3)

/** A step that has ended: its time, whose it was, what it was, and the files that it made. */
export function stepLines(step: RehearsalStep, style: Style): string {
  const { actor, title, outcome, milliseconds, files } = step
  const time = seconds(milliseconds).padStart(TIME_WIDTH)
  const ended = outcome === "passed" ? "" : `: ${outcomeWord(outcome, style)}`
  const lines = [
    `${time}  ${actor.padEnd(ACTOR_WIDTH)} ${visible(title)}${ended}`,
    ...files.map(({ path, bytes }) => `${INDENT}${visible(path)}  ${fileSize(bytes)}`),
    ...failureLines(step).map((line) => `${INDENT}${line}`),
  ]
  return lines.map((line) => `${line}\n`).join("")
}

/** A step that goes on, with how long it has taken so far. */
export function runningLine(
  { actor, title }: Pick<RehearsalStep, "actor" | "title">,
  milliseconds: number,
): string {
  return `${seconds(milliseconds).padStart(TIME_WIDTH)}  ${actor.padEnd(ACTOR_WIDTH)} ${visible(title)} …`
}

/** What a rehearsal has shown: the chain of each wheel, the attacks with why they were refused, and the whole in one line. */
export function renderRehearsal(rehearsal: Rehearsal, style: Style): string {
  const { attacks, steps, folder, chain } = rehearsal
  const lines = [
    ...(chain === undefined ? [] : chainLines(chain, style)),
    ...attacks.flatMap((attack) => [...attackLines(attack, style), ""]),
    summary(rehearsal, style),
    ...(folder === undefined ? [] : [`kept in ${visible(folder)}`]),
  ]
  return steps.length === 0 ? "" : lines.map((line) => `${line}\n`).join("")
}

function chainLines({ trunk, lanes }: Chain, style: Style): readonly string[] {
  return lanes.flatMap(({ file, links }) => [
    `${style.good("verified")} ${visible(file)}, from the commit to the installed files`,
    ...[...trunk, ...links].map((link) => `  ${link.id.padEnd(LINK_WIDTH)}${linkValue(link)}`),
    "",
  ])
}

/** A link in one value: the file where it is about one that was just made or met, else what is claimed first. */
function linkValue({ id, sha256, claims }: ChainLink): string {
  const isFile = id === "wheel" || id === "download"
  if (isFile && sha256 !== undefined) return `sha256:${sha256}`
  return visible(claims[0]?.value ?? "")
}

function attackLines(attack: Attack, style: Style): readonly string[] {
  const { title, refused, reasons, commands } = attack
  const word = refused ? style.good("refused") : style.bad("not refused")
  return [
    `${word} ${visible(title)}`,
    ...commands.map((line) => `  $ ${commandText(line)}`),
    ...distinctReasons(reasons).flatMap(({ check, expected, found }) => [
      `  ${style.bad(`[${check}]`)} required: ${CHECKS[check].holds}`,
      `    expected  ${visible(expected)}`,
      `    found     ${visible(found)}`,
      `    why       ${CHECKS[check].why}`,
    ]),
  ]
}

function summary(rehearsal: Rehearsal, style: Style): string {
  const { steps, attacks, milliseconds } = rehearsal
  const passed = steps.filter(({ outcome }) => outcome === "passed").length
  const refused = attacks.filter((attack) => attack.refused).length
  const counts = [
    `${passed} of ${plural(steps.length, "step")} as promised`,
    `${refused} of ${plural(attacks.length, "attack")} refused`,
    seconds(milliseconds),
  ]
  return `${outcomeWord(rehearsalOutcome(rehearsal), style)}: ${counts.join(", ")}`
}

function outcomeWord(outcome: StepOutcome, style: Style): string {
  switch (outcome) {
    case "passed":
      return style.good("rehearsed")
    case "failed":
      return style.bad("failed")
    case "undecided":
      return style.unsure("undecided")
  }
}

function failureLines({ reasons, error }: RehearsalStep): readonly string[] {
  return [
    ...reasons.map(
      ({ check, expected, found }) =>
        `[${check}] expected ${visible(expected)}, found ${visible(found)}`,
    ),
    ...(error === undefined ? [] : [`error: ${visible(error.message)} (${error.code})`]),
    ...(error?.hint === undefined ? [] : [`hint: ${visible(error.hint)}`]),
  ]
}
