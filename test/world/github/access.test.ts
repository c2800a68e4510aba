import { beforeEach, describe, expect, test } from "vitest"

import { COMMIT, createTestGitHub, NOW, type TestGitHub } from "./support.ts"

const ROCKET = "/repos/acme/rocket"
let github: TestGitHub
beforeEach(() => {
  github = createTestGitHub()
})

const error = (message: string, status: number): object => ({
  message,
  documentation_url: "https://docs.github.com/rest",
  status: String(status),
})

describe("who may do what", () => {
  const json = { tag_name: "v1", draft: true }

  test("anybody reads a public repository", async () => {
    expect(await github.ask(ROCKET)).toMatchObject([
      200,
      {
        id: 851_894_824,
        full_name: "acme/rocket",
        private: false,
        visibility: "public",
        default_branch: "main",
        owner: { login: "acme", id: 180_348_046, type: "Organization" },
      },
    ])
  })

  test("nobody writes without a token", async () => {
    expect(await github.ask(`${ROCKET}/releases`, { json })).toEqual([
      401,
      error("Requires authentication", 401),
    ])
  })

  test("a token that is wrong or has expired is refused everywhere", async () => {
    const bad = [401, error("Bad credentials", 401)]
    expect(await github.ask(ROCKET, { token: "unknown" })).toEqual(bad)
    expect(await github.ask(ROCKET, { headers: { authorization: "Basic x" } })).toEqual(bad)
    const expiring = github.addToken({ expires: NOW + 1 })
    expect((await github.ask(ROCKET, { token: expiring }))[0]).toBe(200)
    github.now += 1
    expect(await github.ask(ROCKET, { token: expiring })).toEqual(bad)
  })

  test("both words for a token are understood", async () => {
    const { token } = github.writer
    for (const authorization of [`token ${token}`, `bearer ${token}`, `Bearer ${token}`]) {
      expect((await github.ask(ROCKET, { headers: { authorization } }))[0]).toBe(200)
    }
  })

  test("a token without the permission is told so", async () => {
    const job = github.addToken({ permissions: { contents: "read", attestations: "write" } })
    expect(await github.ask(`${ROCKET}/releases`, { token: job, json })).toEqual([
      403,
      error("Resource not accessible by integration", 403),
    ])
    expect(await github.ask(`${ROCKET}/releases`, { token: github.reader, json })).toEqual([
      403,
      error("Resource not accessible by personal access token", 403),
    ])
  })

  test("a token for another repository writes nothing here", async () => {
    const job = github.addToken({
      permissions: { contents: "write" },
      repositories: ["acme/other"],
    })
    expect((await github.ask(`${ROCKET}/releases`, { token: job, json }))[0]).toBe(403)
  })

  test("a private repository is not there for strangers", async () => {
    const owner = { login: "acme", id: 180_348_046, type: "Organization" } as const
    const secret = github.addRepository({ owner, name: "secret", visibility: "private" })
    github.addRelease(secret, { tag: "v1" })
    const stranger = github.addToken({
      repositories: ["acme/rocket"],
      permissions: { contents: "read" },
    })
    for (const token of [undefined, stranger]) {
      const answer = await github.ask("/repos/acme/secret", token === undefined ? {} : { token })
      expect(answer).toEqual([404, error("Not Found", 404)])
    }
    const insider = github.addToken({ repositories: ["acme/secret"] })
    expect(await github.ask("/repos/acme/secret", { token: insider })).toMatchObject([
      200,
      { private: true, visibility: "private" },
    ])
    // Metadata needs no permission; contents do.
    expect((await github.ask("/repos/acme/secret/releases", { token: insider }))[0]).toBe(403)
    expect((await github.ask("/repos/acme/secret/releases", { token: github.reader }))[0]).toBe(200)
  })
})

describe("every request and every answer", () => {
  test("is refused without a name of the client", async () => {
    const answer = await github.call(ROCKET, { headers: { "user-agent": undefined } })
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain("make sure your request has a User-Agent header")
  })

  test("is of a known version", async () => {
    const [old, answer] = await Promise.all(
      ["2020-01-01", "2026-03-10"].map((text) =>
        github.call(ROCKET, { headers: { "x-github-api-version": text } }),
      ),
    )
    expect(old?.status).toBe(400)
    expect(answer?.headers.get("x-github-api-version-selected")).toBe("2026-03-10")
    expect(answer?.headers.get("x-github-request-id")).toMatch(/^[0-9A-F]{16}$/)
  })

  test("tells how many requests are left, and refuses one too many", async () => {
    github = createTestGitHub({ rateLimits: { anonymous: 2, installation: 3, personal: 4 } })
    const budget = async (path = ROCKET, token?: TestGitHub["writer"]): Promise<unknown[]> => {
      const { status, headers } = await github.call(path, token === undefined ? {} : { token })
      const value = (name: string): string | null => headers.get(`x-ratelimit-${name}`)
      return [status, value("limit"), value("remaining"), value("used")]
    }
    expect(await budget()).toEqual([200, "2", "1", "1"])
    expect(await budget("/nothing/here")).toEqual([404, "2", "0", "2"])
    expect(await budget()).toEqual([403, "2", "0", "2"])
    expect((await github.call(ROCKET)).headers.get("x-ratelimit-reset")).toBe(
      String(NOW / 1000 + 3_600),
    )
    expect(await github.ask(ROCKET)).toEqual([
      403,
      error("API rate limit exceeded for this client.", 403),
    ])
    expect(await budget(ROCKET, github.writer)).toEqual([200, "3", "2", "1"])
    expect(await budget(ROCKET, github.reader)).toEqual([200, "4", "3", "1"])
    github.now += 3_600_000
    expect(await budget()).toEqual([200, "2", "1", "1"])
  })

  test("asking for the budget costs nothing", async () => {
    await github.call(ROCKET)
    const core = { limit: 60, remaining: 59, used: 1, reset: NOW / 1000 + 3_600 }
    for (let round = 0; round < 2; round += 1) {
      expect(await github.ask("/rate_limit")).toEqual([200, { resources: { core }, rate: core }])
    }
  })
})

const make = (json: object): Promise<readonly [number, unknown]> =>
  github.ask(`${ROCKET}/git/refs`, { token: github.writer, json })

describe("tags", () => {
  test("lead to their commit, annotated ones by an object of their own", async () => {
    const sha = "d".repeat(40)
    github.addTag(github.repository, { name: "v1", commit: COMMIT })
    github.addTag(github.repository, {
      name: "rocket/v2",
      commit: COMMIT,
      annotated: { sha, message: "two" },
    })
    expect(await github.ask(`${ROCKET}/git/ref/tags/v1`)).toMatchObject([
      200,
      { ref: "refs/tags/v1", object: { sha: COMMIT, type: "commit" } },
    ])
    expect(await github.ask(`${ROCKET}/git/ref/tags/rocket/v2`)).toMatchObject([
      200,
      { ref: "refs/tags/rocket/v2", object: { sha, type: "tag" } },
    ])
    expect(await github.ask(`${ROCKET}/git/tags/${sha}`)).toMatchObject([
      200,
      { tag: "rocket/v2", message: "two", object: { sha: COMMIT, type: "commit" } },
    ])
    expect((await github.ask(`${ROCKET}/git/tags/${COMMIT}`))[0]).toBe(404)
    expect((await github.ask(`${ROCKET}/git/ref/tags/v3`))[0]).toBe(404)
  })

  test("are made once, at a commit", async () => {
    const right = { ref: "refs/tags/v1", sha: COMMIT }
    expect(await make(right)).toMatchObject([201, { ref: "refs/tags/v1" }])
    expect(await make(right)).toMatchObject([
      422,
      { errors: [{ message: "Reference already exists" }] },
    ])
    for (const wrong of [
      { ...right, ref: "refs/heads/main" },
      { ...right, ref: "refs/tags/a..b" },
      { ...right, sha: "main" },
      { ref: "refs/tags/v2" },
    ]) {
      expect((await make(wrong))[0]).toBe(422)
    }
  })
})

describe("runs and workflows", () => {
  test("say what provenance asks for", async () => {
    const path = ".github/workflows/release.yml"
    const workflow = github.addWorkflow(github.repository, { name: "Release", path })
    const called = {
      path: "acme/attest/.github/workflows/sign.yml@v1",
      sha: "e".repeat(40),
      ref: "refs/tags/v1",
    }
    const run = github.addRun(github.repository, {
      id: 10_818_226_125,
      attempt: 2,
      referencedWorkflows: [called],
    })
    expect(await github.ask(`${ROCKET}/actions/runs/${run.id}`)).toMatchObject([
      200,
      {
        id: 10_818_226_125,
        workflow_id: workflow.id,
        path,
        event: "push",
        head_sha: COMMIT,
        run_attempt: 2,
        triggering_actor: { login: "acme" },
        referenced_workflows: [called],
      },
    ])
    for (const name of [workflow.id, "release.yml"]) {
      expect(await github.ask(`${ROCKET}/actions/workflows/${name}`)).toMatchObject([
        200,
        { id: workflow.id, name: "Release", path, state: "active" },
      ])
    }
    expect((await github.ask(`${ROCKET}/actions/runs/7`))[0]).toBe(404)
    expect((await github.ask(`${ROCKET}/actions/workflows/other.yml`))[0]).toBe(404)
  })
})

test("the service says what it is", async () => {
  expect(await github.ask("/meta")).toMatchObject([
    200,
    { domains: { artifact_attestations: { trust_domain: "" } } },
  ])
  expect((await github.ask("/repos/acme/other"))[0]).toBe(404)
  expect((await github.ask(ROCKET, { method: "PUT" }))[0]).toBe(404)
})
