import { globSync } from "node:fs"

/** Whether a text holds a character that patterns are made of. */
export function isPattern(text: string): boolean {
  return /[*?[\]{}]/.test(text)
}

/** The paths that a pattern matches (`*`, `**`, `?`, `[…]`, `{a,b}`), sorted. */
export function expandPattern(pattern: string): readonly string[] {
  return globSync(pattern).toSorted()
}

/**
 * The paths that a pattern leads through on its way to what it matches, folders among them, sorted. The search itself is silent about a
 * folder that it cannot look into.
 */
export function pathsThrough(pattern: string): readonly string[] {
  const parts = pattern.split("/")
  const prefixes = parts
    .map((_, index) => parts.slice(0, index).join("/"))
    .filter((prefix) => isPattern(prefix) && isBalanced(prefix))
  return [...new Set(prefixes.flatMap((prefix) => globSync(prefix)))].toSorted()
}

// A brace that spans folders begins in one part and ends in another.
function isBalanced(prefix: string): boolean {
  return prefix.split("{").length === prefix.split("}").length
}
