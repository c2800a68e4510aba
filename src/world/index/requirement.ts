import { isProjectName } from "../../packaging/name.ts"
import { isVersion } from "../../packaging/version.ts"
import { isExpression } from "./expression.ts"

/** A dependency specifier as far as an index looks at it (PEP 508). */
export interface Requirement {
  readonly name: string
  /** A direct reference, which indexes refuse. */
  readonly url?: string
}

const MAX_LENGTH = 4_096

/** Parses a dependency specifier (PEP 508); undefined for what is none. */
export function parseRequirement(text: string): Requirement | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const head =
    /^\s*(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[(?<extras>[^\]]*)\])?\s*(?<rest>.*)$/s.exec(
      text,
    )
  const { name = "", extras = "", rest = "" } = head?.groups ?? {}
  if (!isProjectName(name) || !isExtras(extras)) return undefined
  return rest.startsWith("@") ? withUrl(name, rest.slice(1)) : withVersions(name, rest)
}

// A URL ends with white space; a marker may follow.
function withUrl(name: string, rest: string): Requirement | undefined {
  const [, url = "", marker] = /^\s*(\S+)(?:\s+(?:;(.*))?)?$/s.exec(rest) ?? []
  if (url === "" || (marker !== undefined && !isMarker(marker))) return undefined
  return { name, url }
}

function withVersions(name: string, rest: string): Requirement | undefined {
  const semicolon = rest.indexOf(";")
  const versions = (semicolon === -1 ? rest : rest.slice(0, semicolon)).trim()
  const bare = /^\((.*)\)$/s.exec(versions)?.[1] ?? versions
  if (/^\s*,|,\s*,/.test(bare) || !isSpecifierSet(bare)) return undefined
  return semicolon === -1 || isMarker(rest.slice(semicolon + 1)) ? { name } : undefined
}

function isExtras(extras: string): boolean {
  return extras.trim() === "" || extras.split(",").every((extra) => isProjectName(extra.trim()))
}

/** Whether a text is a list of version specifiers (PEP 440), such as `>=3.9,!=3.10.*`; an empty one is. */
export function isSpecifierSet(text: string): boolean {
  const specifiers = text.split(",").map((specifier) => specifier.trim())
  return specifiers.every((specifier) => specifier === "" || isSpecifier(specifier))
}

function isSpecifier(specifier: string): boolean {
  const [, operator = "", version = ""] = /^(~=|===|==|!=|<=|>=|<|>)\s*(\S+)$/.exec(specifier) ?? []
  const takesAnything = operator === "==" || operator === "!="
  switch (operator) {
    case "":
      return false
    case "===":
      return true
    case "~=":
      return isVersion(version) && !version.includes("+") && /\d\.\d/.test(version)
    default:
      if (version.endsWith(".*")) {
        return takesAnything && isVersion(version.slice(0, -2)) && !/dev|\+/i.test(version)
      }
      return isVersion(version) && (takesAnything || !version.includes("+"))
  }
}

const VARIABLE =
  /^(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)$/
const TOKEN = /\s*(?:('[^']*'|"[^"]*")|(===|==|~=|!=|<=|>=|<|>)|([()])|([A-Za-z_][\w.]*))/y

/** Whether a text is an environment marker (PEP 508): comparisons, joined by `and` and `or`, in parentheses. */
function isMarker(text: string): boolean {
  const tokens = tokenize(text.trim())
  if (tokens === undefined) return false
  return isExpression(tokens.join("").replaceAll(/v(?:o|i|ni)v/g, "x"))
}

/** One letter for each token: `v`alue, `o`perator, `i`n, `n`ot, `&` for and/or, parentheses. */
function tokenize(text: string): readonly string[] | undefined {
  const letters: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const [, quoted, operator, parenthesis, word] = TOKEN.exec(text) ?? []
    const letter =
      quoted === undefined
        ? operator === undefined
          ? (parenthesis ?? wordLetter(word))
          : "o"
        : "v"
    if (letter === undefined) return undefined
    letters.push(letter)
  }
  return letters
}

function wordLetter(word: string | undefined): string | undefined {
  switch (word) {
    case undefined:
      return undefined
    case "in":
      return "i"
    case "not":
      return "n"
    case "and":
    case "or":
      return "&"
    default:
      return VARIABLE.test(word) ? "v" : undefined
  }
}
