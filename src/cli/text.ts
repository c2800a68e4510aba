/** The longest piece of foreign text that is shown in one place, in UTF-16 code units. */
const MAX_SHOWN = 2_000

/**
 * Characters that move the cursor, hide, or reorder what follows; spaces that are not the space; and what the GitHub runner takes
 * for a command: `##[` anywhere in a line, `::` at its start. Evidence is written by attackers, and so are file names.
 */
const TREACHEROUS =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}|#(?=\[)|(?<=^\s*):(?=:)/gu

/**
 * Whether a text can hold nothing treacherous: `foreign` finds none of its characters outside ASCII's printable ones. Nearly all text is
 * so, and a run that shows no other need not build the sets of Unicode's properties, which takes longer than to verify.
 */
function isPlain(text: string, foreign: RegExp): boolean {
  return !foreign.test(text) && !text.includes("#[") && !/^\s*::/.test(text)
}

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

/** Text of foreign origin as one harmless line: treacherous characters as `\u{202e}`, too long text cut with a note. */
export function visible(text: string): string {
  const shown = text.length > MAX_SHOWN ? text.slice(0, MAX_SHOWN) : text
  const escaped = isPlain(shown, /[^ -~]/) ? shown : shown.replace(TREACHEROUS, escape)
  return shown === text ? escaped : `${escaped}… (${text.length - MAX_SHOWN} more characters)`
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return SHORT[character] ?? `\\u{${code.toString(16).padStart(4, "0")}}`
}

/** JSON whose treacherous characters are escapes of JSON itself: harmless on a terminal, the same value to a program. */
export function visibleJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent)
  if (isPlain(json, /[^\n -~]/)) return json
  return json.replace(TREACHEROUS, (character) =>
    character === "\n" ? character : units(character),
  )
}

function units(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("")
}

/** A word that a POSIX shell reads back as the same text; foreign text in a suggested command goes through here. */
export function shellWord(text: string): string {
  const shown = visible(text)
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`
}

/** A moment as `2026-11-24T10:00:00Z`; a number that is no moment is shown as it stands. */
export function moment(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime())
    ? String(milliseconds)
    : date.toISOString().replace(/\.000Z$/, "Z")
}

/** `1 file`, `2 files`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`
}
