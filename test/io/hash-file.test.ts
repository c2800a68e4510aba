import { createHash } from "node:crypto"
import { appendFileSync, readdirSync } from "node:fs"

import { afterEach, beforeEach, expect, test } from "vitest"

import { WheelproofError } from "../../src/core/errors.ts"
import { createFiles } from "../../src/io/files.ts"
import { hashFile } from "../../src/io/hash-file.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW } from "../support/judge.ts"
import { createWorkspace, type Workspace } from "../support/workspace.ts"

const world = createWorld({ now: NOW })
const BIG = Buffer.alloc(20 * 1024 * 1024, "wheel")
const still = async (): Promise<void> => undefined
const hex = (algorithm: string, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest("hex")

let space: Workspace
beforeEach(() => {
  space = createWorkspace(world)
})
afterEach(() => space.remove())

test.each([0, 1, 1024 * 1024, 1024 * 1024 + 1, BIG.byteLength])(
  "a file of %i bytes has its digests, in one pass or in blocks",
  async (size) => {
    const bytes = BIG.subarray(0, size)
    const file = space.write("f", bytes)
    const sha256 = hex("sha256", bytes)
    expect(await hashFile(createFiles(), file, still)).toEqual({ sha256 })
    expect(await hashFile(createFiles(), file, still, ["sha512"])).toEqual({
      sha256,
      sha512: hex("sha512", bytes),
    })
  },
)

test("a large file is hashed with pauses; an interrupt in one of them ends it, and leaves nothing open", async () => {
  const file = space.write("f", BIG)
  let pauses = 0
  const interrupted = async (): Promise<void> => {
    pauses += 1
    if (pauses === 3) throw new WheelproofError("ERR_INTERRUPTED", "interrupted")
  }
  const open = readdirSync("/dev/fd").length
  await expect(hashFile(createFiles(), file, interrupted)).rejects.toMatchObject({
    code: "ERR_INTERRUPTED",
  })
  expect(pauses).toBe(3)
  expect(readdirSync("/dev/fd")).toHaveLength(open)
})

test("a file that changes meanwhile has no digest", async () => {
  const file = space.write("f", BIG)
  const grow = async (): Promise<void> => appendFileSync(file, "x")
  await expect(hashFile(createFiles(), file, grow)).rejects.toMatchObject({
    code: "ERR_INPUT_UNREADABLE",
    message: expect.stringContaining("changed while it was read"),
  })
})
