import { createHash } from "node:crypto"

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { WheelproofError } from "../../src/core/errors.ts"
import type { Evidence } from "../../src/core/evidence.ts"
import { createVerifier } from "../../src/core/verifier.ts"
import { parseEvidenceDocument } from "../../src/formats/evidence-document.ts"
import { createHttpClient } from "../../src/io/http.ts"
import {
  certificatePem,
  createLogTransport,
  lookUpEntry,
  type LogTransport,
  type LookUp,
} from "../../src/sigstore/rekor.ts"
import { verifyPrehashed } from "../../src/core/prehash.ts"
import { GENERATOR_IDENTITY } from "../../src/world/sigstore/identities.ts"
import type { EnvelopeKind } from "../../src/world/sigstore/rekor-body.ts"
import { startService, type Service } from "../../src/world/http/service.ts"
import { createRekorV1Handler } from "../../src/world/sigstore/rekor-v1-handler.ts"
import type { LoggedEntry } from "../../src/world/sigstore/rekor-v1.ts"
import { managedSigner, verifierPem } from "../../src/world/sigstore/signer.ts"
import { slsaV02Statement, subjectOf } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { instancesOf, NOW, WHEEL, wheel, wheelSubject } from "../support/judge.ts"

const SECONDS = NOW / 1000
const SHA256 = createHash("sha256").update(WHEEL).digest("hex")
const world = createWorld({ now: NOW })
const { rekor } = world

let server: Service
beforeAll(async () => {
  server = await startService(createRekorV1Handler(rekor))
})
afterAll(() => server.close())
beforeEach(() => {
  server.faults.clear()
})

const signal = new AbortController().signal
const http = createHttpClient({ offline: false })
const transport: LogTransport = createLogTransport(http, { timeoutMs: 10_000, signal })

interface Signed {
  readonly text: string
  readonly pem: string
  readonly evidence: Evidence
}

/** A bare envelope about the wheel, by a signer of its own. */
function sign({ withCertificate = true, digest = SHA256 } = {}): Signed {
  const signer = world.createSigner({ identity: GENERATOR_IDENTITY })
  const subject = digest === SHA256 ? wheelSubject() : subjectOf("other", Buffer.from(digest))
  const envelope = world.signEnvelope(slsaV02Statement([subject]), { signer, withCertificate })
  const text = JSON.stringify(envelope)
  const [parsed] = parseEvidenceDocument(Buffer.from(text), "envelope")
  if (parsed?.kind !== "evidence") throw new Error("not an envelope")
  return { text, pem: verifierPem(signer), evidence: parsed.evidence }
}

function log({ text, pem }: Signed, kind: EnvelopeKind = "intoto/0.0.1"): LoggedEntry {
  return rekor.logEnvelope(Buffer.from(text), pem, SECONDS, kind)
}

async function lookUp(
  { evidence }: Signed,
  { url = server.url, by = transport }: { url?: string; by?: LogTransport } = {},
): Promise<LookUp> {
  return await lookUpEntry(evidence, SHA256, new URL(url), by)
}

/** The requests that a look-up makes. */
async function requestsOf(signed: Signed): Promise<readonly string[]> {
  const before = server.requests.length
  await lookUp(signed)
  return server.requests.slice(before)
}

/** What was found: the evidence with one entry, and which entry that is. */
function found(result: LookUp): { readonly evidence: Evidence; readonly body: Buffer } {
  if (result.kind !== "found") throw new Error(`the entry is ${result.kind}`)
  const [only, ...others] = result.evidence.entries
  if (only === undefined || others.length > 0) throw new Error("not one entry")
  return { evidence: result.evidence, body: Buffer.from(only.body) }
}

const bodyOf = ({ body }: LoggedEntry): Buffer => Buffer.from(body)

const RETRIEVE = "POST /api/v1/log/entries/retrieve"
const INDEX = "POST /api/v1/index/retrieve"

describe("an envelope with a certificate", () => {
  test.each(["intoto/0.0.1", "dsse/0.0.1"] as const)(
    "its %s entry is found by the name that was computed offline",
    async (kind) => {
      const signed = sign()
      const entry = log(signed, kind)
      const { evidence, body } = found(await lookUp(signed))
      expect(body).toEqual(bodyOf(entry))
      expect(evidence.entries[0]?.logIndex).toBe(BigInt(entry.index + rekor.firstLogIndex))
      expect(evidence.material).toEqual(signed.evidence.material)
      expect(await requestsOf(signed)).toEqual([RETRIEVE])
    },
  )

  test("what is found verifies", async () => {
    const signed = sign()
    log(signed)
    const { evidence } = found(await lookUp(signed))
    const verifier = createVerifier({ instances: instancesOf(world), verifyPrehashed })
    expect(verifier.verify(wheel(), signed.evidence, {}).kind).toBe("rejected")
    expect(verifier.verify(wheel(), evidence, {})).toMatchObject({ kind: "verified" })
  })

  test("where no name fits the entry is found by proposing it again", async () => {
    const signed = sign()
    const entry = log(signed)
    const asked: unknown[] = []
    const by: LogTransport = {
      async postJson(url, body) {
        asked.push(body)
        return JSON.stringify(body).includes("entryUUIDs")
          ? { status: 200, body: Buffer.from("[]") }
          : await transport.postJson(url, body)
      },
    }
    expect(found(await lookUp(signed, { by })).body).toEqual(bodyOf(entry))
    expect(asked).toHaveLength(2)
  })

  test("that was not logged is missing", async () => {
    const signed = sign()
    expect(await lookUp(signed)).toEqual({ kind: "missing" })
    expect(await requestsOf(signed)).toEqual([RETRIEVE, RETRIEVE])
  })

  test("the entry of another envelope by the same log is not its own", async () => {
    log(sign())
    expect(await lookUp(sign())).toEqual({ kind: "missing" })
  })

  test("that was logged twice is ambiguous", async () => {
    const signed = sign()
    log(signed, "intoto/0.0.1")
    log(signed, "dsse/0.0.1")
    expect(await lookUp(signed)).toEqual({ kind: "ambiguous", count: 2 })
  })

  test("the log's address may have a path", async () => {
    const signed = sign()
    log(signed)
    for (const path of ["", "/"]) {
      const before = server.requests.length
      // Nothing of a log is there: that is no answer, and not the answer "missing".
      await expect(lookUp(signed, { url: `${server.url}/mirror${path}` })).rejects.toMatchObject({
        code: "ERR_LOG_UNREACHABLE",
      })
      expect(server.requests[before]).toBe("POST /mirror/api/v1/log/entries/retrieve")
    }
  })
})

describe("an envelope without a certificate", () => {
  test("its entry is found by the artifact's digest, and its certificate taken from it", async () => {
    const signed = sign({ withCertificate: false })
    expect(signed.evidence.material).toEqual({ kind: "none" })
    const entry = log(signed)
    const { evidence, body } = found(await lookUp(signed))
    expect(body).toEqual(bodyOf(entry))
    const { material } = evidence
    expect(material.kind === "certificate" && certificatePem(material.leaf)).toBe(signed.pem)
    expect((await requestsOf(signed))[0]).toBe(INDEX)
  })

  test("other entries about the artifact are passed over, however many", async () => {
    for (let count = 0; count < 12; count += 1)
      log(sign(), count % 2 === 0 ? "intoto/0.0.1" : "dsse/0.0.1")
    const signed = sign({ withCertificate: false })
    const entry = log(signed, "dsse/0.0.1")
    expect(found(await lookUp(signed)).body).toEqual(bodyOf(entry))
  })

  test("an entry about another artifact is not looked at", async () => {
    const signed = sign({ withCertificate: false, digest: "another" })
    log(signed)
    expect(await lookUp(signed)).toEqual({ kind: "missing" })
  })

  test("that was not logged is missing", async () => {
    expect(await lookUp(sign({ withCertificate: false }))).toEqual({ kind: "missing" })
  })

  test("that was logged twice is ambiguous", async () => {
    const signed = sign({ withCertificate: false })
    log(signed, "intoto/0.0.1")
    log(signed, "dsse/0.0.1")
    expect(await lookUp(signed)).toEqual({ kind: "ambiguous", count: 2 })
  })

  test("entries with a key, not a certificate, are no answer", async () => {
    const signed = sign({ withCertificate: false })
    const key = managedSigner()
    rekor.logEnvelope(Buffer.from(signed.text), verifierPem(key), SECONDS)
    expect(await lookUp(signed)).toEqual({ kind: "missing" })
  })
})

test("a file's own signature is not looked up", async () => {
  const { evidence } = sign()
  const content = { kind: "message", signature: Buffer.of(), digest: undefined } as const
  const message = { text: "", pem: "", evidence: { ...evidence, content } }
  expect(await lookUp(message)).toEqual({ kind: "missing" })
  expect(await requestsOf(message)).toEqual([])
})

describe("a log that cannot be asked", () => {
  const signed = sign()
  const bare = sign({ withCertificate: false })
  beforeAll(() => {
    log(signed)
    log(bare)
  })

  test.each([
    ["status 500", { kind: "status", status: 500 }],
    ["status 429", { kind: "status", status: 429 }],
    // Only a proposal may be answered so; to a question by name it is nonsense.
    ["status 400", { kind: "status", status: 400 }],
    ["status 422", { kind: "status", status: 422 }],
    ["status 301 without an address", { kind: "status", status: 301 }],
    ["no answer", { kind: "reset" }],
    ["half an answer", { kind: "truncated" }],
    ["an empty answer", { kind: "empty" }],
  ] as const)("%s", async (_name, fault) => {
    server.faults.add(fault)
    for (const envelope of [signed, bare]) {
      await expect(lookUp(envelope)).rejects.toMatchObject({
        code: "ERR_LOG_UNREACHABLE",
        message: expect.stringContaining(new URL(server.url).host),
        hint: expect.stringContaining("--rekor-url"),
      })
    }
  })

  test("a port where nobody listens", async () => {
    const gone = await startService(createRekorV1Handler(rekor))
    await gone.close()
    await expect(lookUp(signed, { url: gone.url })).rejects.toMatchObject({
      code: "ERR_LOG_UNREACHABLE",
    })
  })

  test("too late an answer", async () => {
    server.faults.add({ kind: "slow", delayMs: 5_000 })
    const by = createLogTransport(http, { timeoutMs: 50, signal })
    await expect(lookUp(signed, { by })).rejects.toMatchObject({ code: "ERR_LOG_UNREACHABLE" })
  })

  test.each(["ERR_OFFLINE", "ERR_INTERRUPTED"] as const)("%s stays what it is", async (code) => {
    const by: LogTransport = {
      postJson: () => Promise.reject(new WheelproofError(code, "because")),
    }
    await expect(lookUp(signed, { by })).rejects.toMatchObject({ code })
  })

  test("a fault of the program stays what it is", async () => {
    const by: LogTransport = { postJson: () => Promise.reject(new TypeError("fault")) }
    await expect(lookUp(signed, { by })).rejects.toThrow(TypeError)
  })
})

/** A log that answers every request with this. */
const answering = (answer: unknown): LogTransport => ({
  postJson: async () => {
    const text = typeof answer === "string" ? answer : JSON.stringify(answer)
    return await Promise.resolve({ status: 200, body: Buffer.from(text) })
  },
})

async function entryJson(uuid: string): Promise<object> {
  const response = await fetch(`${server.url}/api/v1/log/entries/${uuid}`)
  const answer: Record<string, object> = JSON.parse(await response.text())
  return answer[uuid] ?? {}
}

describe("a log that lies", () => {
  const signed = sign()
  const bare = sign({ withCertificate: false })
  let entry: LoggedEntry
  let other: LoggedEntry
  beforeAll(() => {
    entry = log(signed)
    log(bare)
    other = log(sign())
  })

  test("the entry of another envelope under its own name is not taken", async () => {
    const by = answering([{ [other.uuid]: await entryJson(other.uuid) }])
    expect(await lookUp(signed, { by })).toEqual({ kind: "missing" })
  })

  test("the same entry again and again is one", async () => {
    const one = { [entry.uuid]: await entryJson(entry.uuid) }
    const { body } = found(await lookUp(signed, { by: answering([one, one, one]) }))
    expect(body).toEqual(bodyOf(entry))
  })

  test.each(["own", "other"])("an entry under a name that is not its own: %s", async (kind) => {
    const [name, real] = kind === "own" ? [entry, other] : [other, entry]
    const by = answering([{ [name.uuid]: await entryJson(real.uuid) }])
    await expect(lookUp(signed, { by })).rejects.toMatchObject({ code: "ERR_LOG_UNREACHABLE" })
  })

  test.each(["", "null", "1", '"text"', "[1]", "[[]]", '{"a":1}', '[{"a":{}}]', "<html>", "[{}"])(
    "%j is no answer",
    async (answer) => {
      for (const envelope of [signed, bare]) {
        await expect(lookUp(envelope, { by: answering(answer) })).rejects.toMatchObject({
          code: "ERR_LOG_UNREACHABLE",
          message: expect.stringContaining(new URL(server.url).host),
        })
      }
    },
  )

  test("names that are no names are not asked for", async () => {
    await expect(lookUp(bare, { by: answering(["../../evil"]) })).rejects.toMatchObject({
      code: "ERR_LOG_UNREACHABLE",
    })
  })

  test("an answer that is too large", async () => {
    const by = answering(`"${"a".repeat(17 * 2 ** 20)}"`)
    await expect(lookUp(signed, { by })).rejects.toMatchObject({ code: "ERR_LOG_UNREACHABLE" })
  })

  test("an entry without a promise or proof is found, and for the verifier to refuse", async () => {
    const { body, integratedTime, logID, logIndex } = (await entryJson(entry.uuid)) as Record<
      string,
      unknown
    >
    const unproven = { body, integratedTime, logID, logIndex, verification: {} }
    const { evidence } = found(
      await lookUp(signed, { by: answering([{ [entry.uuid]: unproven }]) }),
    )
    expect(evidence.entries[0]).toMatchObject({
      signedEntryTimestamp: undefined,
      inclusionProof: undefined,
    })
  })
})
