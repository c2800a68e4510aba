import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { withFileSource } from "../../src/io/file-source.ts"
import { createFiles } from "../../src/io/files.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-folders-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function inside(...steps: readonly string[]): string {
  return path.join(folder, ...steps)
}

function code(expected: string): unknown {
  return expect.objectContaining({ name: "WheelproofError", code: expected })
}

async function nothing(): Promise<void> {}

describe("a file as a source", () => {
  const files = createFiles()

  test("is read anywhere, and closed", async () => {
    writeFileSync(inside("x"), "0123456789")
    const read = await withFileSource(files, inside("x"), async (source) => [
      source.size,
      Buffer.from(source.read(3, 4)).toString(),
      Buffer.from(source.read(10, 0)).toString(),
    ])
    expect(read).toEqual([10, "3456", ""])
  })

  test("that has become shorter is an error", async () => {
    writeFileSync(inside("x"), "0123456789")
    const reading = withFileSource(files, inside("x"), async (source) => {
      writeFileSync(inside("x"), "0")
      return source.read(0, 10)
    })
    await expect(reading).rejects.toThrow(code("ERR_INPUT_UNREADABLE"))
  })

  test("that is no file, or is not there, is an error", async () => {
    await expect(withFileSource(files, folder, nothing)).rejects.toThrow(
      code("ERR_INPUT_UNREADABLE"),
    )
    await expect(withFileSource(files, inside("x"), nothing)).rejects.toThrow(
      code("ERR_INPUT_NOT_FOUND"),
    )
  })
})
