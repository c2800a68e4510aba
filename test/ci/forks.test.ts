import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import * as fc from "fast-check"
import { afterAll, expect, test } from "vitest"

import { refuseForks } from "../../src/ci/forks.ts"
import { createFiles } from "../../src/io/files.ts"
import { outcome } from "../support/hostile.ts"

const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
afterAll(() => rmSync(folder, { recursive: true }))
const payloadFile = path.join(folder, "event.json")

function ending(event: string, payload?: unknown): string {
  if (payload !== undefined) {
    writeFileSync(payloadFile, payload instanceof Uint8Array ? payload : JSON.stringify(payload))
  }
  const environment = {
    GITHUB_ACTIONS: "true",
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: payload === undefined ? path.join(folder, "missing") : payloadFile,
  }
  return outcome(() => refuseForks(environment, createFiles())) ?? "may be attested"
}

const repository = { full_name: "acme/rocket" }
const from = (full_name: string | null) => ({
  repository,
  pull_request: { head: { repo: full_name === null ? null : { full_name } } },
})
const runFrom = (full_name: string) => ({
  repository,
  workflow_run: { head_repository: { full_name } },
})

test.each(["push", "release", "workflow_dispatch", "schedule", "merge_group"])(
  "%s is the repository's own, whatever the payload",
  (event) => {
    expect(ending(event)).toBe("may be attested")
    expect(ending(event, from("evil/rocket"))).toBe("may be attested")
  },
)

test.each([
  "pull_request",
  "pull_request_target",
  "pull_request_review",
  "pull_request_review_comment",
])("%s counts by where it comes from", (event) => {
  expect(ending(event, from("acme/rocket"))).toBe("may be attested")
  expect(ending(event, from("evil/rocket"))).toBe("ERR_IDENTITY")
  expect(ending(event, from(null))).toBe("ERR_IDENTITY")
})

test("a workflow that follows another counts by where that one came from", () => {
  expect(ending("workflow_run", runFrom("acme/rocket"))).toBe("may be attested")
  expect(ending("workflow_run", runFrom("evil/rocket"))).toBe("ERR_IDENTITY")
})

test("where it comes from has to be known", () => {
  expect(ending("pull_request")).toBe("ERR_IDENTITY")
  expect(ending("pull_request", { repository })).toBe("ERR_IDENTITY")
  expect(ending("pull_request", { pull_request: {} })).toBe("ERR_IDENTITY")
  expect(ending("pull_request", Buffer.from("{"))).toBe("ERR_IDENTITY")
  expect(
    outcome(() =>
      refuseForks({ GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: "pull_request" }, createFiles()),
    ),
  ).toBe("ERR_IDENTITY")
})

test("the message says which of the two it is", () => {
  const environment = { GITHUB_ACTIONS: "true", GITHUB_EVENT_PATH: payloadFile }
  const run = (GITHUB_EVENT_NAME: string): void =>
    refuseForks({ ...environment, GITHUB_EVENT_NAME }, createFiles())
  writeFileSync(payloadFile, JSON.stringify(from("evil/rocket")))
  expect(() => run("pull_request_target")).toThrow(
    "this is a pull request from a fork (pull_request_target): what it brings cannot be attested in this repository's name",
  )
  writeFileSync(payloadFile, "")
  expect(() => run("pull_request")).toThrow(
    "this is the event pull_request, and its payload does not say whether a fork is behind it",
  )
})

test("elsewhere there are no such events", () => {
  const environment = { GITLAB_CI: "true", GITHUB_EVENT_NAME: "pull_request" }
  expect(outcome(() => refuseForks(environment, createFiles()))).toBeUndefined()
})

test("whatever the payload, only the own repository's passes", () => {
  fc.assert(
    fc.property(fc.json(), (payload) => {
      expect(ending("pull_request", Buffer.from(payload))).toBe("ERR_IDENTITY")
    }),
    { numRuns: 50 },
  )
})
