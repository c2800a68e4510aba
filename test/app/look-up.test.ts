import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { seal, verify, type VerifyOptions } from "../../src/app/library.ts"
import { GENERATOR_IDENTITY } from "../../src/world/sigstore/identities.ts"
import { startService, type Service } from "../../src/world/http/service.ts"
import { createRekorV1Handler } from "../../src/world/sigstore/rekor-v1-handler.ts"
import { slsaV02Statement, slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, WHEEL, WHEEL_NAME, wheelSubject } from "../support/judge.ts"
import { createWorkspace, type Workspace } from "../support/workspace.ts"

const SECONDS = NOW / 1000
const world = createWorld({ now: NOW })
const issue = { identity: GENERATOR_IDENTITY }

let space: Workspace
let server: Service
beforeAll(async () => {
  server = await startService(createRekorV1Handler(world.rekor))
})
afterAll(() => server.close())
beforeEach(() => {
  space = createWorkspace(world)
  space.write(WHEEL_NAME, WHEEL)
})
afterEach(() => {
  space.remove()
  server.faults.clear()
})

/** A bare envelope about the wheel, as the generic generator published it, indented so that its bytes are its own. */
function envelope(): { readonly raw: Buffer; readonly pem: string } {
  const signed = world.signEnvelope(slsaV02Statement([wheelSubject()]), { issue })
  return {
    raw: Buffer.from(`${JSON.stringify(signed, null, 1)}\n`),
    pem: signed.signatures[0]?.cert ?? "",
  }
}

/** How the wheel's verification with this one evidence file ends: the verdict, and the checks or the code. */
async function ending(evidence: unknown, options: VerifyOptions = {}): Promise<string> {
  const { results } = await verify(space.path(WHEEL_NAME), {
    trustedRoot: space.trustedRoot,
    rekorUrl: server.url,
    provenance: [space.write("evidence.intoto.jsonl", evidence)],
    ...options,
  })
  const verdict = results[0]?.verdict
  if (verdict?.kind === "rejected") {
    return `rejected ${verdict.reasons.map(({ check }) => check).join()}`
  }
  return verdict?.kind === "undecided" ? `undecided ${verdict.code}` : String(verdict?.kind)
}

describe("a bare envelope", () => {
  test.each(["intoto/0.0.1", "dsse/0.0.1"] as const)(
    "that the log has as %s verifies",
    async (kind) => {
      const { raw, pem } = envelope()
      world.rekor.logEnvelope(raw, pem, SECONDS, kind)
      expect(await ending(raw)).toBe("verified")
    },
  )

  test("whose certificate only the log knows verifies by the file's digest", async () => {
    const signed = world.signEnvelope(slsaV02Statement([wheelSubject()]), { issue })
    const pem = signed.signatures[0]?.cert ?? ""
    for (const signature of signed.signatures) delete signature.cert
    const raw = Buffer.from(JSON.stringify(signed))
    world.rekor.logEnvelope(raw, pem, SECONDS, "intoto/0.0.1")
    expect(await ending(raw)).toBe("verified")
  })

  test("that the log does not have is rejected", async () => {
    expect(await ending(envelope().raw)).toBe("rejected log-entry-missing")
  })

  test("that was logged twice is ambiguous", async () => {
    const { raw, pem } = envelope()
    world.rekor.logEnvelope(raw, pem, SECONDS, "intoto/0.0.1")
    world.rekor.logEnvelope(raw, pem, SECONDS + 1, "dsse/0.0.1")
    expect(await ending(raw)).toBe("rejected log-entry-ambiguous")
  })

  test("that was logged after its certificate ended is rejected", async () => {
    const { raw, pem } = envelope()
    world.rekor.logEnvelope(raw, pem, SECONDS + 3600, "intoto/0.0.1")
    expect(await ending(raw)).toBe("rejected certificate-time")
  })

  test("of another file asks no log", async () => {
    const asked = server.requests.length
    const signed = world.signEnvelope(
      slsaV1Statement([{ name: "x", digest: { sha256: "0".repeat(64) } }]),
    )
    expect(await ending(signed)).toBe("rejected evidence-present")
    expect(server.requests).toHaveLength(asked)
  })
})

describe("a log", () => {
  test.each([
    ["fails", { kind: "status", status: 500 }],
    ["hangs up", { kind: "reset" }],
    ["hangs up half-way", { kind: "truncated" }],
    ["answers nothing", { kind: "empty" }],
    ["is slow", { kind: "slow", delayMs: 5_000 }],
  ] as const)("that %s leaves the answer open", async (_what, fault) => {
    const { raw, pem } = envelope()
    world.rekor.logEnvelope(raw, pem, SECONDS, "intoto/0.0.1")
    server.faults.add(fault)
    expect(await ending(raw, { timeoutMs: 200 })).toBe("undecided ERR_LOG_UNREACHABLE")
  })

  test("that nobody runs leaves the answer open", async () => {
    const gone = await startService(createRekorV1Handler(world.rekor))
    await gone.close()
    expect(await ending(envelope().raw, { rekorUrl: gone.url })).toBe(
      "undecided ERR_LOG_UNREACHABLE",
    )
  })

  test("is not asked offline", async () => {
    const { raw, pem } = envelope()
    world.rekor.logEnvelope(raw, pem, SECONDS, "intoto/0.0.1")
    const asked = server.requests.length
    expect(await ending(raw, { offline: true })).toBe("undecided ERR_OFFLINE")
    expect(server.requests).toHaveLength(asked)
  })

  test("that lies about its entries is not believed", async () => {
    const liar = createWorld({ now: NOW })
    const lying = await startService(createRekorV1Handler(liar.rekor))
    const { raw, pem } = envelope()
    liar.rekor.logEnvelope(raw, pem, SECONDS, "intoto/0.0.1")
    expect(await ending(raw, { rekorUrl: lying.url })).toBe("rejected log-known")
    await lying.close()
  })
})

function logOptions(): { readonly trustedRoot: string; readonly rekorUrl: string } {
  return { trustedRoot: space.trustedRoot, rekorUrl: server.url }
}

describe("seal", () => {
  test.each(["", "\n"])("makes bundles that verify offline for good (end %j)", async (end) => {
    const { raw, pem } = envelope()
    const text = `${JSON.stringify(JSON.parse(raw.toString()))}${end}`
    world.rekor.logEnvelope(Buffer.from(text), pem, SECONDS, "intoto/0.0.1")
    const bundle = JSON.stringify(world.signPayload(slsaV1Statement([wheelSubject()])))
    const { content, notes } = await seal(
      space.write("old.intoto.jsonl", end === "" ? text : `${text}${bundle}`),
      logOptions(),
    )
    expect(notes[0]).toMatch(/^1 of [12] attestations looked up and sealed$/)
    for (const line of content.trimEnd().split("\n")) {
      expect(JSON.parse(line)).toHaveProperty("verificationMaterial")
      expect(await ending(line, { offline: true })).toBe("verified")
    }
  })

  test("says so where the log hashed a text that a bundle does not keep", async () => {
    const { raw, pem } = envelope()
    world.rekor.logEnvelope(raw, pem, SECONDS, "intoto/0.0.1")
    await expect(seal(space.write("old.json", raw), logOptions())).rejects.toMatchObject({
      code: "ERR_INPUT_UNSUPPORTED",
      message: expect.stringContaining("a bundle does not keep the text"),
    })
  })

  test("leaves bundles as they are", async () => {
    const bundle = world.signPayload(slsaV1Statement([wheelSubject()]))
    const { content, notes } = await seal(space.write("b.json", bundle), logOptions())
    expect(notes.join()).toContain("self-contained already")
    expect(await ending(content, { offline: true })).toBe("verified")
  })

  test("refuses what would not verify", async () => {
    const missing = space.write("missing.json", envelope().raw)
    await expect(seal(missing, logOptions())).rejects.toMatchObject({
      code: "ERR_INPUT_MALFORMED",
      message: expect.stringContaining("[log-entry-missing]"),
    })
    const late = envelope()
    world.rekor.logEnvelope(late.raw, late.pem, SECONDS + 3600, "intoto/0.0.1")
    await expect(seal(space.write("late.json", late.raw), logOptions())).rejects.toMatchObject({
      message: expect.stringContaining("[certificate-time]"),
    })
    await expect(seal(space.write("no.json", "{}"), logOptions())).rejects.toMatchObject({
      code: "ERR_INPUT_MALFORMED",
    })
    await expect(seal(space.write("none.jsonl", "\n\n"), logOptions())).rejects.toMatchObject({
      code: "ERR_INPUT_MALFORMED",
    })
    const message = space.write("m.json", world.signMessage(WHEEL))
    await expect(seal(message, logOptions())).rejects.toMatchObject({
      code: expect.stringMatching("ERR_INPUT"),
    })
    await expect(seal(missing, { ...logOptions(), offline: true })).rejects.toMatchObject({
      code: "ERR_OFFLINE",
    })
  })
})
