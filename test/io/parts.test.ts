import process from "node:process"

import { expect, test } from "vitest"

import { frameMessage, runPart } from "../../src/io/parts.ts"

const still = new AbortController().signal

/** Runs a script as a part; what it said. */
async function hear(script: string, input = ""): Promise<readonly string[]> {
  const heard: string[] = []
  await runPart(
    { command: [process.execPath, "-e", script], input },
    (message) => heard.push(Buffer.from(message).toString()),
    still,
  )
  return heard
}

/** A part that says what it is given in base64, so many bytes at a time. */
const echo = (size: number): string => `
  const { text } = require("node:stream/consumers")
  text(process.stdin).then((input) => {
    const bytes = Buffer.from(input, "base64")
    for (let at = 0; at < bytes.length; at += ${size}) process.stdout.write(bytes.subarray(at, at + ${size}))
  })`

test("messages are heard as they were said, however the stream is cut", async () => {
  const said = ["", "a", "long ".repeat(60_000), "b", ""]
  const stream = Buffer.concat(said.map((text) => frameMessage(Buffer.from(text))))
  for (const size of [997, stream.byteLength]) {
    expect(await hear(echo(size), stream.toString("base64"))).toEqual(said)
  }
  expect(await hear(echo(1), "")).toEqual([])
})

test("a part that is stopped says by what, and what to do", async () => {
  await expect(hear('process.kill(process.pid, "SIGKILL")')).rejects.toMatchObject({
    code: "ERR_STOPPED",
    message: expect.stringContaining("SIGKILL"),
    hint: expect.stringContaining("--concurrency 1"),
  })
})

test("a part that ends badly is an error", async () => {
  await expect(hear("process.exitCode = 7")).rejects.toThrow("ended with 7")
})
