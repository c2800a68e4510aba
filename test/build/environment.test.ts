import { expect, test } from "vitest"

import {
  buildEnvironment,
  readSourceDateEpoch,
  withheldVariables,
} from "../../src/build/environment.ts"

const SECRETS = {
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x",
  ACTIONS_ID_TOKEN_REQUEST_URL: "x",
  ACTIONS_RUNTIME_TOKEN: "x",
  CIRCLE_OIDC_TOKEN_V2: "x",
  PYPI_ID_TOKEN: "x",
  SIGSTORE_ID_TOKEN: "x",
  TWINE_PASSWORD: "x",
  UV_PUBLISH_TOKEN: "x",
  POETRY_PYPI_TOKEN_PYPI: "x",
}

test("a build sees the user's variables, but none that sign or upload", () => {
  const own = { PATH: "/bin", CFLAGS: "-O2", GITHUB_TOKEN: "for the sources", EMPTY: "" }
  const seen = buildEnvironment({ ...own, ...SECRETS, ABSENT: undefined }, 5)
  expect(seen).toEqual({ ...own, PYTHONHASHSEED: "0", TZ: "UTC", SOURCE_DATE_EPOCH: "5" })
  expect(withheldVariables({ ...own, ...SECRETS, TWINE_USERNAME: undefined })).toEqual(
    Object.keys(SECRETS).toSorted(),
  )
})

test("what the user has set is kept", () => {
  const own = { PYTHONHASHSEED: "7", TZ: "Asia/Tokyo", SOURCE_DATE_EPOCH: "1" }
  expect(buildEnvironment(own, undefined)).toEqual(own)
})

test.each([
  [undefined, undefined],
  ["", undefined],
  ["0", 0],
  ["1700000000", 1_700_000_000],
])("SOURCE_DATE_EPOCH %j is %j", (text, epoch) => {
  expect(readSourceDateEpoch({ SOURCE_DATE_EPOCH: text })).toBe(epoch)
})

test.each(["now", "-1", "1.5", " 1", "1".repeat(12)])("SOURCE_DATE_EPOCH %j is refused", (text) => {
  expect(() => readSourceDateEpoch({ SOURCE_DATE_EPOCH: text })).toThrow(
    expect.objectContaining({ code: "ERR_CONFIG" }),
  )
})
