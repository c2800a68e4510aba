import { expect, test } from "vitest"

import type { FileResult } from "../../src/app/report.ts"
import { ERROR_TEXTS } from "../../src/cli/error-texts.ts"
import { errorExitCode, reportExitCode, slsaExitCode } from "../../src/cli/exit.ts"
import type { ErrorCode } from "../../src/core/errors.ts"
import { WheelproofError } from "../../src/core/errors.ts"
import { REPORT, run } from "./support.ts"

const [verified, rejected, undecided] = REPORT.results as [FileResult, FileResult, FileResult]

test.each([
  { of: "nothing", results: [], exit: 4 },
  { of: "verified", results: [verified], exit: 0 },
  { of: "rejected", results: [rejected], exit: 1 },
  { of: "undecided", results: [undecided], exit: 3 },
  { of: "verified and undecided", results: [verified, undecided], exit: 3 },
  { of: "undecided and rejected", results: [undecided, rejected], exit: 1 },
  { of: "verified and rejected", results: [verified, rejected], exit: 1 },
])("a report of $of ends in $exit", async ({ results, exit }) => {
  expect(reportExitCode({ results, notes: [] })).toBe(exit)
  for (const format of ["human", "json", "jsonl", "sarif", "github", "markdown"]) {
    const verify = async () => ({ results, notes: [] })
    expect((await run(["verify", "x", "--format", format], { verify })).exit).toBe(exit)
  }
})

test("each error code has one exit code", () => {
  const exits = Object.keys(ERROR_TEXTS).map((code) => [
    code,
    errorExitCode(new WheelproofError(code as ErrorCode, "m")),
  ])
  expect(Object.fromEntries(exits)).toMatchInlineSnapshot(`
    {
      "ERR_COMMAND": 3,
      "ERR_CONFIG": 2,
      "ERR_IDENTITY": 2,
      "ERR_INPUT_MALFORMED": 2,
      "ERR_INPUT_NOT_FOUND": 2,
      "ERR_INPUT_TOO_LARGE": 2,
      "ERR_INPUT_UNREADABLE": 3,
      "ERR_INPUT_UNSUPPORTED": 2,
      "ERR_INTERRUPTED": 130,
      "ERR_LOG_UNREACHABLE": 3,
      "ERR_NETWORK": 3,
      "ERR_OFFLINE": 3,
      "ERR_OUTPUT": 2,
      "ERR_PROMISE": 3,
      "ERR_REFUSED": 2,
      "ERR_SIGNING": 3,
      "ERR_STOPPED": 3,
      "ERR_TRUST_ROOT": 2,
      "ERR_TRUST_ROOT_STALE": 3,
      "ERR_USAGE": 2,
    }
  `)
  expect(errorExitCode(new TypeError("x"))).toBe(3)
})

test("a drop-in passes only when all that was asked for passed", () => {
  expect(slsaExitCode(2, 2, false)).toBe(0)
  expect(slsaExitCode(2, 1, false)).toBe(1)
  expect(slsaExitCode(2, 2, true)).toBe(1)
  expect(slsaExitCode(0, 0, false)).toBe(1)
})
