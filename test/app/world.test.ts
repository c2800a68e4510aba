import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { decodeJwt } from "jose"
import { afterAll, expect, test } from "vitest"

import { runWorld, type RunningWorld, type WorldRequest } from "../../src/app/world.ts"

const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Runs a world, looks at it, and stops it. */
async function during<Value>(
  request: Partial<WorldRequest>,
  look: (running: RunningWorld) => Promise<Value>,
): Promise<Value> {
  const stop = new AbortController()
  const running = await runWorld({ job: false, ...request }, { stop: stop.signal })
  try {
    return await look(running)
  } finally {
    stop.abort()
    await running.ended
  }
}

async function tokenOf({ environment }: RunningWorld): Promise<string> {
  const url = `${environment["ACTIONS_ID_TOKEN_REQUEST_URL"]}&audience=pypi`
  const authorization = `bearer ${environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]}`
  const response = await fetch(url, { headers: { authorization } })
  return ((await response.json()) as { value: string }).value
}

async function environmentOf({ environment }: RunningWorld): Promise<unknown> {
  return await Promise.resolve(environment)
}

async function github({ environment }: RunningWorld, rest: string): Promise<unknown> {
  const authorization = `Bearer ${environment["GITHUB_TOKEN"]}`
  const url = `${environment["GITHUB_API_URL"]}/repos/${environment["GITHUB_REPOSITORY"]}${rest}`
  return await (await fetch(url, { headers: { authorization } })).json()
}

test("the project's job, repository, run and publisher are those of the request", async () => {
  const request = {
    repository: "octo/pkg",
    ref: "refs/heads/main",
    commit: "a".repeat(40),
    workflow: "publish.yml",
    job: true,
  }
  await during(request, async (running) => {
    expect(decodeJwt(await tokenOf(running))).toMatchObject({
      repository: "octo/pkg",
      sha: "a".repeat(40),
      job_workflow_ref: "octo/pkg/.github/workflows/publish.yml@refs/heads/main",
    })
    expect(await github(running, "")).toMatchObject({ full_name: "octo/pkg" })
    expect(await github(running, "/actions/runs/10818226125")).toMatchObject({
      path: ".github/workflows/publish.yml",
      head_sha: "a".repeat(40),
    })
    const minted = await fetch(`${running.services["index"]}/_/oidc/mint-token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: await tokenOf(running) }),
    })
    expect(await minted.json()).toMatchObject({ success: true })
    expect(running.environment).toMatchObject({ GITHUB_ACTIONS: "true", GITHUB_REF_NAME: "main" })
  })
})

test("without a state its files are gone when it has ended; without --job few variables are set", async () => {
  const root = await during({}, async ({ environment }) => {
    expect(environment).not.toHaveProperty("GITHUB_ACTIONS")
    expect(existsSync(environment["WHEELPROOF_TRUSTED_ROOT"] ?? "")).toBe(true)
    return environment["WHEELPROOF_TRUSTED_ROOT"] ?? ""
  })
  expect(existsSync(root)).toBe(false)
})

test("with a state everything is as it was: addresses, accounts, the job", async () => {
  const state = path.join(folder, "state")
  const first = await during({ state }, environmentOf)
  expect(await during({ state }, environmentOf)).toEqual(first)
  expect(existsSync(path.join(state, "clients", "trusted_root.json"))).toBe(true)
})

test("a repository is an owner and a name", async () => {
  await expect(during({ repository: "pkg" }, async () => undefined)).rejects.toMatchObject({
    code: "ERR_USAGE",
  })
})
