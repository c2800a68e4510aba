import { expect, test } from "vitest"

import type { LogEntry } from "../../src/core/evidence.ts"
import { matchesBody } from "../../src/core/log-body.ts"
import { slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { evidenceOf, NOW, wheelSubject } from "../support/judge.ts"

const world = createWorld({ now: NOW })

test("a body is matched by the evidence that it was made from, and nothing else ends in an error", () => {
  const signer = world.createSigner()
  const evidence = evidenceOf(world.signPayload(slsaV1Statement([wheelSubject()]), { signer }))
  const other = evidenceOf(world.signPayload(slsaV1Statement([wheelSubject()])))
  const [entry] = evidence.entries
  const { content } = evidence
  const der = signer.certificate
  if (entry === undefined || content.kind !== "dsse" || der === undefined) throw new Error()
  const matches = (candidate: LogEntry): boolean =>
    matchesBody(candidate, { verifier: { kind: "certificate", der }, content })
  expect(matches(entry)).toBe(true)
  expect(other.entries.map(matches)).toEqual([false])
  for (const text of ["", "{}", "not JSON", '{"kind":"dsse","apiVersion":"0.0.1","spec":7}']) {
    expect(matches({ ...entry, body: Buffer.from(text) })).toBe(false)
  }
})
