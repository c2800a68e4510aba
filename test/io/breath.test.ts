import { expect, test } from "vitest"

import { createBreath } from "../../src/io/breath.ts"

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

test("long work lets the event loop turn, short work does not wait for it", async () => {
  const breathe = createBreath(new AbortController().signal)
  let turned = false
  setImmediate(() => {
    turned = true
  })
  await breathe()
  expect(turned).toBe(false)
  work(60)
  await breathe()
  expect(turned).toBe(true)
})

test("what is heard meanwhile ends the work", async () => {
  const interrupt = new AbortController()
  const breathe = createBreath(interrupt.signal)
  setImmediate(() => interrupt.abort())
  work(60)
  await expect(breathe()).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
  await expect(breathe()).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
})
