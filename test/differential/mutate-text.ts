import type { Choices } from "./choices.ts"

/** Base64 that decodes to the same bytes in a careless decoder. */
export function looseBase64(text: string, { below, pick }: Choices): string {
  const at = below(text.length + 1)
  const put = (letters: string): string => text.slice(0, at) + letters + text.slice(at)
  switch (pick(["space", "line", "foreign", "padding", "more padding", "url-safe", "stray bits"])) {
    case "space":
      return put(" ")
    case "line":
      return put("\n")
    case "foreign":
      return put(pick(["!", "\u00e9", "\u0000", "*"]))
    case "padding":
      return text.replace(/=+$/, "")
    case "more padding":
      return `${text}=`
    case "url-safe":
      return text.replaceAll("+", "-").replaceAll("/", "_")
    case "stray bits":
      return text.replace(/[AQgw]==$/, (end) => `${pick(["B", "R", "h", "x"])}${end.slice(1)}`)
  }
}

/** A checkpoint with a line changed, doubled, moved or put in. */
export function mutateCheckpoint(note: string, { below, pick }: Choices): string {
  const lines = note.split("\n")
  const at = below(lines.length)
  const line = lines[at] ?? ""
  switch (
    pick(["out", "double", "swap", "extension", "size", "dash", "carriage", "name", "end", "empty"])
  ) {
    case "out":
      return lines.toSpliced(at, 1).join("\n")
    case "double":
      return lines.toSpliced(at, 0, line).join("\n")
    case "swap":
      return lines.toSpliced(at, 1).toSpliced(below(lines.length), 0, line).join("\n")
    case "extension":
      return lines.toSpliced(3, 0, "an extension").join("\n")
    case "size":
      return lines
        .with(1, pick(["0", `0${lines[1]}`, `${lines[1]} `, `+${lines[1]}`, "-1", ""]))
        .join("\n")
    case "dash":
      return note.replace("\u2014 ", pick(["- ", "\u2013 ", "\u2014", "\u2014  "]))
    case "carriage":
      return lines.with(at, `${line}\r`).join("\n")
    case "name":
      return note.replace(/\u2014 \S+ /, pick(["\u2014 evil.example ", "\u2014 s ", "\u2014 . "]))
    case "end":
      return pick([
        note.slice(0, -1),
        `${note}\n`,
        `${note}garbage`,
        `${note}\u2014 x AAAAAAAAAA==\n`,
      ])
    case "empty":
      return pick(["", "\n\n", "\n\n\n"])
  }
}

/** A document's bytes changed as bytes: no JSON any more, or JSON that two readers read differently. */
export function mutateDocument(bytes: Uint8Array, { below, pick }: Choices): Uint8Array {
  const at = below(bytes.length)
  const before = bytes.subarray(0, at)
  const after = bytes.subarray(at)
  switch (pick(["bit", "mark", "space", "behind", "not UTF-8", "truncate"])) {
    case "bit": {
      const copy = Uint8Array.from(bytes)
      copy[at] = (copy[at] ?? 0) ^ (1 << below(8))
      return copy
    }
    case "mark":
      return Buffer.concat([Buffer.from("\ufeff"), bytes])
    case "space":
      return Buffer.concat([Buffer.from(" \n"), bytes, Buffer.from("\r\n")])
    case "behind":
      return Buffer.concat([bytes, Buffer.from(pick(["x", "{}", "\u0000", "]"]))])
    case "not UTF-8":
      return Buffer.concat([before, Uint8Array.of(0xff), after])
    case "truncate":
      return before
  }
}
