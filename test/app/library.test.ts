import { afterAll, beforeAll, expect, test } from "vitest"

import { isVerified, verify } from "../../src/index.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, WHEEL, WHEEL_NAME, wheelSubject } from "../support/judge.ts"
import { createWorkspace, type Workspace } from "../support/workspace.ts"

const world = createWorld({ now: NOW })
let space: Workspace
let file: string
beforeAll(() => {
  space = createWorkspace(world)
  file = space.write(WHEEL_NAME, WHEEL)
  space.write(`${WHEEL_NAME}.sigstore.json`, world.signPayload(slsaV1Statement([wheelSubject()])))
})
afterAll(() => space.remove())

// oxlint-disable-next-line typescript/no-explicit-any -- as a caller without types would write it.
function asked(options: any = {}, targets: any = file): ReturnType<typeof verify> {
  return verify(targets, { trustedRoot: space.trustedRoot, offline: true, ...options })
}

test("what is verified is verified", async () => {
  expect(isVerified(await asked())).toBe(true)
  const expectation = { source: "https://github.com/acme/rocket", sourceRef: undefined }
  expect(isVerified(await asked({ expectation }))).toBe(true)
})

test.each([
  [{ source: "github.com/acme/moon" }],
  [{ expectation: { sourceTag: "v9" } }],
  [{ expectation: { Source: "github.com/acme/moon" } }],
  [{ expectation: { source: null } }],
  [{ expectation: { source: ["github.com/acme/rocket"] } }],
  [{ expectation: { source: "rocket" } }],
  [{ expectation: { denySelfHostedRunners: 1 } }],
  [{ expectation: null }],
  [{ expectation: [] }],
  [{ provenance: null }],
  [{ provenance: "evidence.json" }],
  [{ provenance: ["a\0b"] }],
  [{ keys: [1] }],
  [{ name: "" }],
  [{ offline: "yes" }],
  [{ rekorUrl: "http://log.acme.example" }],
  [{ rekorUrl: "file:///etc/passwd" }],
  [{ timeoutMs: -1 }],
  [{ signal: {} }],
  [{ onTotal: 1 }],
])("the options %j are an error, never a pass", async (options) => {
  await expect(asked(options)).rejects.toMatchObject({ code: "ERR_USAGE" })
})

test.each([[undefined], [null], [1], [[1]], ["a\0b"], [""]])(
  "the targets %j are an error",
  async (targets) => {
    await expect(verify(targets as never, {})).rejects.toMatchObject({ code: "ERR_USAGE" })
  },
)

test("options that are none are an error", async () => {
  await expect(verify(file, null as never)).rejects.toMatchObject({ code: "ERR_USAGE" })
  await expect(verify(file, "x" as never)).rejects.toMatchObject({ code: "ERR_USAGE" })
})
