/** Decorations of human output. Without colour each is the identity; nothing is said by colour alone. */
export interface Style {
  good(text: string): string
  bad(text: string): string
  unsure(text: string): string
}

/** When to use colour: `auto` leaves it to the terminal and the environment. */
export type ColorChoice = "auto" | "always" | "never"

const PLAIN: Style = { good: same, bad: same, unsure: same }
const COLOURED: Style = {
  good: (text) => paint(32, text),
  bad: (text) => paint(31, text),
  unsure: (text) => paint(33, text),
}

/** The style for human output. An explicit choice wins over `NO_COLOR`, which wins over `FORCE_COLOR`. */
export function chooseStyle(
  choice: ColorChoice,
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  return wantsColor(choice, isTerminal, environment) ? COLOURED : PLAIN
}

function wantsColor(
  choice: ColorChoice,
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (choice !== "auto") return choice === "always"
  if (isSet(environment["NO_COLOR"])) return false
  const force = environment["FORCE_COLOR"]
  if (isSet(force)) return force !== "0"
  return isTerminal && environment["TERM"] !== "dumb"
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ""
}

function same(text: string): string {
  return text
}

function paint(code: number, text: string): string {
  return `\u001B[${code}m${text}\u001B[0m`
}
