import { describe, expect, test, vi } from "vitest"

import { check, firstReason, readChecked } from "../../src/core/check.ts"
import { WheelproofError } from "../../src/core/errors.ts"

function failing(error: Error): () => unknown {
  return () =>
    check("signature", "it", () => {
      throw error
    })
}

describe("a check", () => {
  const broken = new TypeError("a bug of ours")
  test("that cannot be made is no result: only unreadable input fails it", () => {
    const unreadable = new WheelproofError("ERR_INPUT_MALFORMED", "unreadable")
    expect(failing(unreadable)()).toMatchObject({ check: "signature", found: "unreadable" })
    expect(failing(broken)).toThrow(broken)
    expect(failing(new WheelproofError("ERR_NETWORK", "x"))).toThrow("x")
    expect(readChecked("signature", "it", () => ({ value: 1 }))).toEqual({ ok: true, value: 1 })
  })

  test("the first that fails ends a list", () => {
    const reason = { check: "signature", expected: "a", found: "b" } as const
    const later = vi.fn<() => undefined>()
    expect(
      firstReason(
        () => undefined,
        () => reason,
        later,
      ),
    ).toBe(reason)
    expect(later).not.toHaveBeenCalled()
  })
})
