import { decodeUtf8 } from "../core/bytes.ts"
import { malformed } from "../core/errors.ts"

/** Entry points by their group, names in order. */
export type EntryPoints = ReadonlyMap<string, readonly string[]>

/**
 * Parses entry_points.txt (packaging.python.org, "Entry points"): an INI file with `=` between a name and its object. Throws
 * `ERR_INPUT_MALFORMED` for what is not UTF-8 or no such file, and for a name or group that comes twice.
 */
export function parseEntryPoints(bytes: Uint8Array): EntryPoints {
  const groups = new Map<string, Set<string>>()
  let names: Set<string> | undefined
  for (const [index, line] of decodeUtf8(bytes, "entry_points.txt").split(/\r?\n/).entries()) {
    const text = line.trim()
    // A line that is indented continues the value before it.
    const continues = /^\s/.test(line) && names !== undefined && names.size > 0
    if (text === "" || text.startsWith("#") || text.startsWith(";") || continues) continue
    const group = /^\[(.+)\]/.exec(text)?.[1]
    if (group === undefined) {
      addName(names, text, index + 1)
      continue
    }
    if (groups.has(group)) throw malformed(`entry_points.txt has the group [${group}] twice`)
    names = new Set()
    groups.set(group, names)
  }
  return new Map([...groups].map(([group, set]) => [group, [...set]]))
}

function addName(names: Set<string> | undefined, text: string, line: number): void {
  const equals = text.indexOf("=")
  if (names === undefined || equals < 1) {
    throw malformed(`line ${line} of entry_points.txt is no group and no name with an object`)
  }
  const name = text.slice(0, equals).trim()
  if (names.has(name))
    throw malformed(`entry_points.txt has the name ${JSON.stringify(name)} twice`)
  names.add(name)
}
