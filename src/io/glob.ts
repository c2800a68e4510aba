import { globSync } from "node:fs"

/** Whether a text holds a character that patterns are made of. */
export function isPattern(text: string): boolean {
  return /[*?[\]{}]/.test(text)
}

/** The paths that a pattern matches (`*`, `**`, `?`, `[…]`, `{a,b}`), sorted. */
export function expandPattern(pattern: string): readonly string[] {
  return globSync(pattern).toSorted()
}
