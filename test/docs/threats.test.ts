import { readFileSync } from "node:fs"

import { expect, test } from "vitest"

import { CHECKS } from "../../src/core/checks.ts"
import { EVIL } from "../evil/cases.ts"
import { GENUINE } from "../evil/exhibit.ts"
import { headIn, rowsIn } from "../real/evil-table.ts"
import { EVIL_PEERS } from "../real/evil-verifiers.ts"
import { PEERS } from "../real/peers.ts"

const document = readFileSync("docs/THREATS.md", "utf8")
const rows = rowsIn(document)

test("the table of threats has a row for each evil case, with the check that refuses it here", () => {
  const genuine = Object.values(GENUINE).map(({ name }) => [name, "accepted"])
  const evil = EVIL.flatMap(({ cases }) => cases.map(({ name, by }) => [name, `\`${by}\``]))
  expect(rows.map(({ cells: [name, own] }) => [name, own])).toEqual([...genuine, ...evil])
})

test("what is genuine and plain is accepted by everybody, and nothing in the table is blank", () => {
  const count = Object.keys(GENUINE).length
  expect(new Set(rows[0]?.cells.slice(1))).toEqual(new Set(["accepted"]))
  const cells = (from: number, to?: number): Set<string> =>
    new Set(rows.slice(from, to).flatMap(({ cells: [, , ...others] }) => others))
  expect([...cells(0, count)].toSorted()).toEqual(["accepted", "–"])
  expect([...cells(count)].toSorted()).toEqual(["**ACCEPTED**", "refused", "–"])
})

test("the table names the versions that are installed to make it", () => {
  const manifest: { devDependencies: Record<string, string> } = JSON.parse(
    readFileSync("package.json", "utf8"),
  )
  const library = "@sigstore/verify"
  expect(headIn(document).toSorted()).toEqual(
    [
      "wheelproof",
      `${library} ${manifest.devDependencies[library]}`,
      ...EVIL_PEERS.map((name) => `${name} ${PEERS[name].version}`),
    ].toSorted(),
  )
})

test("every check that the page names is one", () => {
  const prose = document.split("<!-- evil: start -->")[0] ?? ""
  const named = [...prose.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, name]) => name ?? "")
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => !Object.hasOwn(CHECKS, name))).toEqual([])
})
