import * as fc from "fast-check"
import { expect, test } from "vitest"

import { WheelproofError } from "../../../src/core/errors.ts"
import { readEnvelope } from "../../../src/world/sigstore/envelope.ts"
import { createRekorV1 } from "../../../src/world/sigstore/rekor-v1.ts"
import { acceptProposal } from "../../../src/world/sigstore/rekor-proposal.ts"
import { createWorld } from "../../../src/world/world.ts"

const base64 = fc.oneof(fc.base64String(), fc.string())
const envelope = fc.record({
  payload: base64,
  payloadType: fc.constantFrom("application/vnd.in-toto+json", "text/plain"),
  signatures: fc.array(fc.record({ sig: base64, publicKey: base64 })),
})
const pem = fc
  .base64String()
  .map((text) => btoa(`-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----\n`))
const proposal = fc.oneof(
  fc.jsonValue(),
  fc.record({
    kind: fc.constantFrom("dsse", "intoto", "hashedrekord"),
    apiVersion: fc.constantFrom("0.0.1", "0.0.2"),
    spec: fc.record({
      proposedContent: fc.record({
        envelope: envelope.map((value) => JSON.stringify(value)),
        verifiers: fc.array(pem),
      }),
      content: fc.record({
        envelope: fc.oneof(
          envelope,
          envelope.map((value) => JSON.stringify(value)),
        ),
      }),
      publicKey: pem,
      data: fc.record({
        hash: fc.record({ algorithm: fc.constantFrom("sha256", "md5"), value: fc.string() }),
      }),
      signature: fc.record({ content: base64, publicKey: fc.record({ content: pem }) }),
    }),
  }),
)

function outcome(run: () => unknown): string {
  try {
    run()
    return "a value"
  } catch (error) {
    return error instanceof WheelproofError ? "a WheelproofError" : String(error)
  }
}

test("any proposal ends in an entry or a WheelproofError", () => {
  fc.assert(
    fc.property(proposal, (value) => {
      expect(outcome(() => acceptProposal(value))).toMatch(/^a (?:value|WheelproofError)$/)
    }),
  )
})

test("any bytes end in an envelope or a WheelproofError", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(outcome(() => readEnvelope(bytes))).toBe("a WheelproofError")
    }),
  )
})

test("a statement that is not JSON is logged, only not indexed", () => {
  const world = createWorld({ now: 0 })
  const bare = world.signEnvelope(Buffer.from("not JSON"))
  const log = createRekorV1()
  const entry = log.logEnvelope(
    Buffer.from(JSON.stringify(bare)),
    bare.signatures[0]?.cert ?? "",
    0,
  )
  expect(log.findByLogIndex(1000)).toBe(entry)
})
