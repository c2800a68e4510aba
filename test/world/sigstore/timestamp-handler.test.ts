import * as fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"

import { WheelproofError } from "../../../src/core/errors.ts"
import { startService, type Service } from "../../../src/world/http/service.ts"
import { createTimestampAuthority } from "../../../src/world/sigstore/timestamp-authority.ts"
import { createTimestampHandler } from "../../../src/world/sigstore/timestamp-handler.ts"
import { readDerRequest, readJsonRequest } from "../../../src/world/sigstore/timestamp-request.ts"
import { describeTimestampAuthority } from "../../contract/timestamp-authority.ts"

const authority = createTimestampAuthority({ now: Date.now() })

let service: Service
beforeAll(async () => {
  service = await startService(createTimestampHandler(authority, Date.now))
})
afterAll(() => service.close())

describeTimestampAuthority("the local timestamp authority", {
  url: () => service.url,
  certificates: 2,
})

function outcome(read: () => unknown): string {
  try {
    read()
    return "a value"
  } catch (error) {
    return error instanceof WheelproofError ? "a WheelproofError" : String(error)
  }
}

test("any bytes end in a request or a WheelproofError", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(outcome(() => readDerRequest(bytes))).toBe("a WheelproofError")
      expect(outcome(() => readJsonRequest(bytes))).toBe("a WheelproofError")
    }),
  )
})

test("any JSON ends in a request or a WheelproofError", () => {
  const member = fc.oneof(fc.jsonValue(), fc.base64String(), fc.constantFrom("sha256", "SHA512"))
  const request = fc.record({ artifactHash: member, hashAlgorithm: member, nonce: member })
  fc.assert(
    fc.property(request, (value) => {
      const bytes = Buffer.from(JSON.stringify(value))
      expect(outcome(() => readJsonRequest(bytes))).toMatch(/^a (?:value|WheelproofError)$/)
    }),
  )
})
