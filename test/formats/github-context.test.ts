import * as fc from "fast-check"
import { expect, test } from "vitest"

import { readGithubContext } from "../../src/formats/github-context.ts"
import { hostileValue, isTaken, refusal, shape } from "./support.ts"

const LOWER = {
  github_event_name: "workflow_dispatch",
  github_ref: "refs/heads/main",
  github_sha1: "abc",
  github_repository: "acme/rocket",
  github_run_id: "17",
  github_run_attempt: "2",
  github_repository_id: "1",
  github_repository_owner_id: "2",
  github_workflow_ref: "acme/rocket/.github/workflows/a.yml@refs/heads/main",
  github_event_payload: { inputs: { level: "high", dry: true, none: null } },
}

const READ = {
  eventName: "workflow_dispatch",
  ref: "refs/heads/main",
  commit: "abc",
  repository: "https://github.com/acme/rocket",
  run: { id: "17", attempt: "2" },
  repositoryId: "1",
  ownerId: "2",
  workflowRef: "acme/rocket/.github/workflows/a.yml@refs/heads/main",
  inputs: { level: "high", dry: true, none: undefined },
}

const UPPER = Object.fromEntries(
  Object.entries(LOWER).map(([name, value]) => [name.toUpperCase(), value]),
)

test.each([
  ["lower case", LOWER],
  ["upper case", UPPER],
  ["upper case where lower case is empty", { ...UPPER, github_ref: "", github_run_id: null }],
])("the variables are read in %s", (_name, context) => {
  expect(readGithubContext(shape(context))).toEqual(READ)
})

test("the commit is read from `sha` too, and numbers as text", () => {
  const context = shape({ GITHUB_SHA: "abc", GITHUB_RUN_ID: 17, github_repository_id: 851894824 })
  expect(readGithubContext(context)).toMatchObject({
    commit: "abc",
    run: { id: "17", attempt: "1" },
    repositoryId: "851894824",
  })
})

test("without a context nothing is known", () => {
  const unknown = Object.fromEntries(Object.keys(READ).map((name) => [name, undefined]))
  expect(readGithubContext(undefined)).toEqual(unknown)
  expect(readGithubContext(shape({}))).toEqual(unknown)
  expect(readGithubContext(shape({ github_event_payload: {} }))).toEqual(unknown)
})

test("an input called __proto__ is an input", () => {
  const payload: unknown = JSON.parse('{"inputs": {"__proto__": {"polluted": 1}}}')
  const { inputs } = readGithubContext(shape({ github_event_payload: payload }))
  expect(Object.keys(inputs ?? {})).toEqual(["__proto__"])
  expect(inputs).not.toHaveProperty("polluted")
})

test.each([
  [{ github_ref: 1.5 }, "it.github_ref is not a string"],
  [{ GITHUB_REF: true }, "it.GITHUB_REF is not a string"],
  [{ github_run_id: 2 ** 53 }, "it.github_run_id is not a string"],
  [{ github_event_payload: "{}" }, "it.github_event_payload is not an object"],
  [{ GITHUB_EVENT_PAYLOAD: [] }, "it.GITHUB_EVENT_PAYLOAD is not an object"],
  [
    { github_ref: "refs/heads/a", GITHUB_REF: "refs/heads/b" },
    "the statement names two values for the variable ref: refs/heads/a and refs/heads/b",
  ],
  [{ github_event_payload: { inputs: [] } }, "it.github_event_payload.inputs is not an object"],
])("the variables %j are refused", (context, message) => {
  expect(refusal(() => readGithubContext(shape(context)))).toEqual({
    code: "ERR_INPUT_MALFORMED",
    message,
  })
})

test("any value ends in a context or a WheelproofError", () => {
  fc.assert(
    fc.property(hostileValue(LOWER, UPPER), (value) => {
      const read = (): object => readGithubContext(shape(value))
      expect(Object.keys(isTaken(read) ? read() : READ)).toEqual(Object.keys(READ))
    }),
  )
})
