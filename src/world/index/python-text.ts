/** A text as Python shows it in messages: `'text'`, or with double quotes where it holds a single one. */
export function pythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replaceAll(/[\\\n\r\t'\p{Cc}]/gu, (letter) => {
    if (letter === "'") return quote === "'" ? String.raw`\'` : letter
    return ESCAPES[letter] ?? `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`
  })
  return `${quote}${escaped}${quote}`
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
}

/** A list of texts as Python shows it. */
export function pythonList(texts: readonly string[]): string {
  return `[${texts.map(pythonText).join(", ")}]`
}
