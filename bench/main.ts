import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"

import type { Bench, Group } from "./harness/bench.ts"
import { installPeers } from "./harness/peers.ts"
import { isReached, type Row } from "./harness/row.ts"
import { renderMarkdown, renderTable } from "./harness/table.ts"
import { cold } from "./rows/cold.ts"
import { cores } from "./rows/cores.ts"
import { hashing } from "./rows/hashing.ts"
import { lines } from "./rows/lines.ts"
import { warm } from "./rows/warm.ts"

/** Every group of rows, by the name that picks it. */
const GROUPS: Readonly<Record<string, Group>> = { warm, cores, cold, hashing, lines }

/**
 * `npm run bench -- [GROUP…] [--rounds N] [--megabytes N] [--json FILE] [--document FILE] [--install]`: measures wheelproof against its
 * peers in one run, prints the table, writes it as JSON, and puts it into a document. See docs/BENCHMARKS.md.
 */
async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "21" },
      megabytes: { type: "string", default: "1024" },
      json: { type: "string", default: path.join("bench", "results.json") },
      document: { type: "string" },
      install: { type: "boolean" },
    },
  })
  if (values.install === true) installPeers()
  const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-bench-"))
  try {
    const bench = build(folder, count(values.rounds), count(values.megabytes))
    const rows = await measure(positionals, bench)
    process.stdout.write(`${renderTable(rows)}\n`)
    writeFileSync(values.json, `${JSON.stringify(resultsOf(rows), undefined, 2)}\n`)
    if (values.document !== undefined) writeInto(values.document, rows)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function count(text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new Error(`${text} is not a number to measure with`)
  return Number(text)
}

/** Builds both programs as they are now, into the folder of this run. */
function build(folder: string, rounds: number, megabytes: number): Bench {
  for (const flags of [[], ["--binary"]]) {
    say(`building ${flags.join(" ")}`)
    const script = path.resolve("scripts", "build.ts")
    const { status } = spawnSync(process.execPath, [script, "--out", folder, ...flags], {
      stdio: ["ignore", "ignore", "inherit"],
    })
    if (status !== 0) throw new Error("the programs could not be built")
  }
  return {
    folder,
    node: [process.execPath, path.join(folder, "bin.cjs")],
    binary: [path.join(folder, "wheelproof")],
    rounds,
    megabytes,
  }
}

async function measure(names: readonly string[], bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const name of names.length === 0 ? Object.keys(GROUPS) : names) {
    const group = GROUPS[name]
    if (group === undefined) {
      throw new Error(`there is no group ${name}; there are ${Object.keys(GROUPS).join(", ")}`)
    }
    say(`measuring ${name}`)
    rows.push(...(await group(bench)))
  }
  return rows
}

function resultsOf(rows: readonly Row[]): object {
  return {
    processors: availableParallelism(),
    node: process.versions.node,
    rows: rows.map((row) => ({ ...row, reached: isReached(row) ?? null })),
  }
}

const [BEGIN, END] = ["<!-- results: npm run bench writes this -->", "<!-- end of results -->"]

/** Replaces the results in a document by these. */
function writeInto(document: string, rows: readonly Row[]): void {
  const text = readFileSync(document, "utf8")
  const [before, , after, ...others] = text.split(
    /(?<=<!-- results[^\n]*-->)|(?=<!-- end of results -->)/,
  )
  if (before === undefined || after === undefined || others.length > 0) {
    throw new Error(`${document} has no place for results, between ${BEGIN} and ${END}`)
  }
  const { version } = process
  const where = `Measured on ${availableParallelism()} cores with Node.js ${version.slice(1)}.`
  writeFileSync(document, `${before}\n\n${where}\n\n${renderMarkdown(rows)}\n\n${after}`)
}

function say(what: string): void {
  process.stderr.write(`${what}\n`)
}

await main(process.argv.slice(2))
