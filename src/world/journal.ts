import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs"

import { decodeUtf8 } from "../core/bytes.ts"

/** Records in the order in which they were made; what was appended is there after the process was killed. */
export interface Journal {
  readonly records: () => readonly unknown[]
  readonly append: (record: object) => void
}

/** A journal that forgets: for a world that ends with its process. */
export function createMemoryJournal(): Journal {
  return { records: () => [], append() {} }
}

/**
 * A journal in a file of JSON Lines. A last line without an end is a record that was not written to its end, by a process that died in
 * between; nobody was told of it, and it is cut off.
 */
export function createFileJournal(file: string): Journal {
  return {
    records() {
      if (!existsSync(file)) return []
      const bytes = readFileSync(file)
      const end = bytes.lastIndexOf(0x0a) + 1
      if (end < bytes.length) truncateSync(file, end)
      const lines = decodeUtf8(bytes.subarray(0, end), file).split("\n").slice(0, -1)
      return lines.map((line): unknown => JSON.parse(line))
    },
    append(record) {
      appendFileSync(file, `${JSON.stringify(record)}\n`, { mode: 0o600 })
    },
  }
}
