import { createGitHub, type GitHub, type GitHubOptions } from "../../../src/world/github/github.ts"
import type { GitHubToken, Permissions, Repository } from "../../../src/world/github/state.ts"

export const NOW: number = Date.UTC(2026, 5, 1, 12)
const API = "http://api.test"
const STORAGE = "http://storage.test"
export const COMMIT: string = "a".repeat(40)

/** A call of the API; what is left out is usual. */
export interface Call {
  readonly method?: string
  readonly token?: GitHubToken | string
  readonly json?: unknown
  readonly body?: Uint8Array | string
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** The service under test with a public repository `acme/rocket`, at a time that the test may change. */
export interface TestGitHub extends GitHub {
  now: number
  readonly repository: Repository
  readonly call: (path: string, call?: Call) => Promise<Response>
  /** The status and the body of an answer, JSON or nothing. */
  readonly ask: (path: string, call?: Call) => Promise<readonly [status: number, body: unknown]>
  readonly writer: GitHubToken
  readonly reader: GitHubToken
  readonly follow: (location: string | null, headers?: Record<string, string>) => Promise<Response>
}

/** Sets up the service. */
export function createTestGitHub(options: Partial<GitHubOptions> = {}): TestGitHub {
  const github = createGitHub({
    clock: () => test.now,
    storageUrl: () => STORAGE,
    ...options,
  })
  const repository = github.addRepository({
    owner: { login: "acme", id: 180_348_046, type: "Organization" },
    name: "rocket",
    id: 851_894_824,
    head: COMMIT,
  })
  const all: Permissions = { contents: "write", attestations: "write", actions: "read" }
  const test: TestGitHub = {
    ...github,
    now: NOW,
    repository,
    writer: github.addToken({ permissions: all, repositories: ["acme/rocket"] }),
    reader: github.addToken({ permissions: { contents: "read" }, kind: "personal", login: "ann" }),
    call: async (path, call = {}) => await github.handler(toRequest(path, call)),
    async ask(path, call) {
      const answer = await test.call(path, call)
      const text = await answer.text()
      return [answer.status, text === "" ? undefined : JSON.parse(text)]
    },
    follow: async (location, headers = {}) =>
      await github.storage(new Request(location ?? "", { headers })),
  }
  return test
}

function toRequest(path: string, { method, token, json, body, headers = {} }: Call): Request {
  const content = json === undefined ? body : JSON.stringify(json)
  const secret = typeof token === "string" ? token : token?.token
  const all: Readonly<Record<string, string | undefined>> = {
    "user-agent": "wheelproof-test",
    ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
    ...(content === undefined ? {} : { "content-length": String(Buffer.from(content).length) }),
    ...(body === undefined ? {} : { "content-type": "application/octet-stream" }),
    ...headers,
  }
  const given = Object.entries(all).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return new Request(path.startsWith("http") ? path : `${API}${path}`, {
    method: method ?? (content === undefined ? "GET" : "POST"),
    headers: Object.fromEntries(given),
    ...(content === undefined ? {} : { body: content }),
  })
}
