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
  return visibleJsonText(JSON.stringify(value, undefined, indent))
}

/** The same for JSON that is there already, such as what somebody signed. */
export function visibleJsonText(json: string): string {
  if (isPlain(json, /[^\n\t -~]/)) return json
  return json.replace(TREACHEROUS, (character) =>
    character === "\n" || character === "\t" ? character : units(character),
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

/** A command line as a person would type it. */
export function commandText(words: readonly string[]): string {
  return words.map(shellWord).join(" ")
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

/** A duration as people read it: `0.34 s`, `12.5 s`, `3 min 20 s`. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 9_995) return `${(milliseconds / 1000).toFixed(2)} s`
  if (milliseconds < 99_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const whole = Math.round(milliseconds / 1000)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** A size as people read it: `640 B`, `12.3 kB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const multiples = ["kB", "MB", "GB"]
  const power = Math.min(multiples.length, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toFixed(1)} ${multiples[power - 1] ?? ""}`
}
