import { expect, test } from "vitest"

import type { VerifyRequest } from "../../../src/app/verify.ts"
import { run, transcript, VERIFIED } from "../support.ts"

async function request(line: string): Promise<VerifyRequest> {
  let seen: VerifyRequest | undefined
  const { exit } = await run(["verify", ...line.split(" ")], {
    verify: async (given) => {
      seen = given
      return VERIFIED
    },
  })
  expect(exit).toBe(0)
  if (seen === undefined) throw new Error("verify was not called")
  return seen
}

test("without flags nothing is expected and everything may be asked", async () => {
  expect(await request("dist -")).toEqual({
    targets: ["dist", "-"],
    provenance: [],
    keys: [],
    expectation: {},
    offline: false,
  })
})

test("every flag arrives", async () => {
  const commit = "C0FFEE".padEnd(40, "0")
  expect(
    await request(
      `a.whl --provenance p --provenance q --name n.whl --key k.pem --source github.com/o/n --source-tag v1 --source-commit ${commit} --workflow w.yml --builder b --identity i --issuer s --repository-id 1 --owner-id 2 --trigger push --predicate t --deny-self-hosted-runners --trusted-root r --offline --rekor-url https://rekor.example --timeout 0.5 --concurrency 4`,
    ),
  ).toEqual({
    targets: ["a.whl"],
    provenance: ["p", "q"],
    name: "n.whl",
    keys: ["k.pem"],
    expectation: {
      source: "github.com/o/n",
      sourceRef: "refs/tags/v1",
      sourceCommit: commit.toLowerCase(),
      workflow: "w.yml",
      builder: "b",
      identity: "i",
      issuer: "s",
      repositoryId: "1",
      ownerId: "2",
      trigger: "push",
      predicate: "t",
      denySelfHostedRunners: true,
    },
    trustedRoot: "r",
    offline: true,
    rekorUrl: new URL("https://rekor.example"),
    timeoutMs: 500,
    concurrency: 4,
  })
  expect((await request("a --source-ref refs/heads/main")).expectation).toEqual({
    sourceRef: "refs/heads/main",
  })
})

test.each([
  [
    "a --source-tag v1 --source-ref refs/tags/v1",
    "--source-tag and --source-ref exclude each other",
  ],
  [
    "a --source-tag refs/tags/v1",
    "--source-tag takes a tag's name; a full ref goes to --source-ref",
  ],
  ["a --source-ref main", "--source-ref takes a full ref, such as refs/heads/main"],
  ["a --source-commit c0ffee", "--source-commit takes a full commit, 40 or 64 hex digits"],
  ["a --owner-id me", "--owner-id takes a number"],
  ["- -", "`-` is given twice, and there is one standard input"],
])("verify %s", async (line, message) => {
  const { exit, stdout, stderr } = await run(["verify", ...line.split(" ")])
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" })
  expect(stderr).toBe(`error: ${message} (ERR_USAGE)\nhint: run \`wheelproof verify --help\`\n`)
})

const nothing = async () => ({ results: [], notes: ["2 files were skipped"] })

test("nothing to verify says so, even when quiet", async () => {
  expect(await transcript("verify dist", { verify: nothing })).toMatchInlineSnapshot(`
    "$ wheelproof verify dist
    exit 4
    --- stderr
    note: 2 files were skipped
    error: nothing to verify: no distribution was found among the arguments
    hint: name files, or a folder that holds sdists or wheels
    "
  `)
  const { exit, stderr } = await run(["verify", "dist", "--quiet"], { verify: nothing })
  expect(exit).toBe(4)
  expect(stderr).toMatch(/^error: nothing to verify/)
})

test.each([
  { choice: "auto", environment: {}, isTerminal: true, colour: true },
  { choice: "auto", environment: {}, isTerminal: false, colour: false },
  { choice: "auto", environment: { TERM: "dumb" }, isTerminal: true, colour: false },
  {
    choice: "auto",
    environment: { NO_COLOR: "1", FORCE_COLOR: "1" },
    isTerminal: true,
    colour: false,
  },
  { choice: "auto", environment: { NO_COLOR: "" }, isTerminal: true, colour: true },
  { choice: "auto", environment: { FORCE_COLOR: "1" }, isTerminal: false, colour: true },
  { choice: "auto", environment: { FORCE_COLOR: "0" }, isTerminal: true, colour: false },
  { choice: "always", environment: { NO_COLOR: "1" }, isTerminal: false, colour: true },
  { choice: "never", environment: { FORCE_COLOR: "1" }, isTerminal: true, colour: false },
])("colour: $choice, $environment, terminal $isTerminal", async (given) => {
  let stdout = ""
  const stream = {
    isTerminal: given.isTerminal,
    columns: 80,
    write: async (data: string | Uint8Array) => {
      stdout += String(data)
    },
  }
  await run(
    ["verify", "a", "--color", given.choice],
    { verify: async () => VERIFIED },
    { environment: given.environment, stdout: stream },
  )
  expect(stdout).toContain("verified")
  expect(stdout.includes("\u001B[")).toBe(given.colour)
})
