import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, symlinkSync } from "node:fs"
import process from "node:process"

import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { verify, type VerifyOptions } from "../../src/app/library.ts"
import { isVerified, type Report } from "../../src/app/report.ts"
import { WheelproofError } from "../../src/core/errors.ts"
import { provenance } from "../../src/world/sigstore/sign.ts"
import { managedSigner, verifierPem } from "../../src/world/sigstore/signer.ts"
import {
  publishStatement,
  slsaV1Statement,
  subjectOf,
} from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, WHEEL, WHEEL_NAME, wheelSubject } from "../support/judge.ts"
import { createWorkspace, type Workspace } from "../support/workspace.ts"

const world = createWorld({ now: NOW })
const signer = world.createSigner()
const SDIST = Buffer.from("the bytes of an sdist")
const SDIST_NAME = "rocket-1.0.0.tar.gz"
const sdistSubject = () => subjectOf(SDIST_NAME, SDIST)
const bundle = world.signPayload(slsaV1Statement([wheelSubject()]), { signer })
const DIGEST = `sha256:${wheelSubject().digest["sha256"]}`

let space: Workspace
beforeEach(() => {
  space = createWorkspace(world)
})
afterEach(() => space.remove())

async function run(
  targets: string | readonly string[],
  options: VerifyOptions = {},
): Promise<Report> {
  return verify(targets, { trustedRoot: space.trustedRoot, offline: true, ...options })
}

/** Each target's last part and how it ended: the verdict, and the checks or the code. */
function endings({ results }: Report): readonly string[] {
  return results.map(({ target, verdict }) => {
    const name = target.split("/").at(-1) ?? ""
    switch (verdict.kind) {
      case "verified":
        return `${name} verified`
      case "rejected":
        return `${name} rejected ${verdict.reasons.map(({ check }) => check).join()}`
      case "undecided":
        return `${name} undecided ${verdict.code}`
    }
  })
}

describe("evidence", () => {
  test("stands beside the file, in whichever form", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const attestation = world.signAttestation(publishStatement(wheelSubject()))
    for (const [ending, document] of [
      [".sigstore.json", bundle],
      [".provenance", provenance([attestation])],
      [".publish.attestation", attestation],
      [".intoto.jsonl", bundle],
    ] as const) {
      const sidecar = space.write(`dist/${WHEEL_NAME}${ending}`, document)
      const report = await run(file)
      expect(endings(report)).toEqual([`${WHEEL_NAME} verified`])
      expect(isVerified(report)).toBe(true)
      execFileSync("rm", [sidecar])
    }
    expect(endings(await run(file))).toEqual([`${WHEEL_NAME} rejected evidence-present`])
  })

  test("that is named is the only evidence", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${WHEEL_NAME}.sigstore.json`, bundle)
    const other = world.signPayload(slsaV1Statement([sdistSubject()]))
    const named = space.write("other.sigstore.json", other)
    expect(endings(await run(file, { provenance: [named] }))).toEqual([
      `${WHEEL_NAME} rejected evidence-present`,
    ])
  })

  test("may be a folder", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write("evidence/a.sigstore.json", bundle)
    space.write("evidence/README.txt", "not evidence")
    const report = await run(file, { provenance: [space.path("evidence")] })
    expect(endings(report)).toEqual([`${WHEEL_NAME} verified`])
  })

  test("of many lines, mixed forms and orders: the one that names the file counts", async () => {
    const foreign = JSON.stringify(world.signPayload(slsaV1Statement([subjectOf("other", SDIST)])))
    const lines = Array.from({ length: 300 }, () => foreign)
    lines.splice(150, 0, JSON.stringify(bundle), '{"broken": ', "")
    lines.push(JSON.stringify(world.signEnvelope(slsaV1Statement([subjectOf("x", SDIST)]))))
    const named = space.write("all.intoto.jsonl", `${lines.join("\r\n")}\n`)
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const report = await run(file, { provenance: [named] })
    expect(endings(report)).toEqual([`${WHEEL_NAME} verified`])
    const [result] = report.results
    expect(result?.verdict).toMatchObject({ proof: { evidence: { origin: `${named} line 151` } } })
  })

  test.each([
    ["a comment", (line: string) => `# comment\n${line}\n`],
    ["a line that is no JSON", (line: string) => `${line}\nnot JSON at all\n`],
    ["a broken line", (line: string) => `{broken\n${line}\n`],
    ["lines that begin with a space", (line: string) => ` ${line}\n ${line}\n`],
    ["a byte order mark", (line: string) => `\uFEFF${line}\n${line}\n`],
    ["a list", (line: string) => `${line}\n[]\n`],
  ])("of lines is not hidden by %s, at any size", async (_what, change) => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const text = change(JSON.stringify(bundle))
    const large = `${text}${`${" ".repeat(9_000_000)}\n`.repeat(2)}`
    for (const content of [text, large]) {
      const report = await run(file, { provenance: [space.write("all.jsonl", content)] })
      expect(endings(report)).toEqual([`${WHEEL_NAME} verified`])
    }
  })

  test("for several files of one release covers each", async () => {
    space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${SDIST_NAME}`, SDIST)
    const both = world.signPayload(slsaV1Statement([wheelSubject(), sdistSubject()]))
    space.write("dist/multiple.intoto.jsonl", both)
    const report = await run(space.path("dist"))
    expect(endings(report)).toEqual([`${WHEEL_NAME} verified`, `${SDIST_NAME} verified`])
    expect(report.notes.join()).toContain("multiple.intoto.jsonl is evidence")
  })

  test("that is malformed is a rejection that says what is wrong", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    for (const [text, found] of [
      ["", "not JSON"],
      ["not json", "not JSON"],
      ['{"a":1,"a":1}', "twice"],
      ["[".repeat(100), "nested too deeply"],
      [Buffer.from([0x22, 0xff, 0x22]), "not UTF-8"],
      ["{}", "no form of evidence"],
      [JSON.stringify({ ...bundle, mediaType: "application/json" }), "unknown bundle media type"],
    ] as const) {
      const named = space.write("bad.json", text)
      const report = await run(file, { provenance: [named] })
      expect(endings(report)).toEqual([`${WHEEL_NAME} rejected evidence-malformed`])
      expect(JSON.stringify(report.results)).toContain(found)
    }
  })

  test("that does not hold is mentioned beside evidence that does", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const forged = structuredClone(bundle)
    const [signature] = forged.dsseEnvelope?.signatures ?? []
    if (signature !== undefined) signature.sig = Buffer.alloc(70, 1).toString("base64")
    const named = space.write("two.jsonl", `${JSON.stringify(forged)}\n${JSON.stringify(bundle)}\n`)
    const { results } = await run(file, { provenance: [named] })
    expect(results[0]?.verdict).toMatchObject({
      kind: "verified",
      proof: { notes: [expect.stringContaining("does not hold")] },
    })
  })

  /** Lines of attestations of the wheel with signatures that do not hold, each another. */
  const forgeries = (count: number): string =>
    Array.from({ length: count }, (_, index) => {
      const forged = structuredClone(bundle)
      const [signature] = forged.dsseEnvelope?.signatures ?? []
      if (signature !== undefined) {
        signature.sig = Buffer.alloc(70, String(index).padStart(4, "0")).toString("base64")
      }
      return `${JSON.stringify(forged)}\n`
    }).join("")
  const good = `${JSON.stringify(bundle)}\n`

  test("that does not hold and is there many times is looked at once", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const named = space.write("many.jsonl", forgeries(1).repeat(2000) + good.repeat(2000))
    const { results } = await run(file, { provenance: [named] })
    expect(results[0]?.verdict).toMatchObject({
      kind: "verified",
      proof: { notes: [expect.stringContaining("line 1 is also about this file")] },
    })
  })

  test("that does not hold is mentioned up to a limit", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const named = space.write("many.jsonl", good + forgeries(40))
    const [result] = (await run(file, { provenance: [named] })).results
    const notes = result?.verdict.kind === "verified" ? result.verdict.proof.notes : []
    expect(notes).toHaveLength(20)
    expect(notes.at(-1)).toBe("21 more notes of this kind are left out")
  })

  test("is looked at up to a limit, beyond which nothing is decided unless something holds", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const many = forgeries(1030)
    const { results } = await run(file, { provenance: [space.write("many.jsonl", many + good)] })
    expect(results[0]?.verdict).toMatchObject({
      kind: "undecided",
      code: "ERR_INPUT_TOO_LARGE",
      message: expect.stringMatching(/^none of 1024 .* 7 more were not looked at$/),
    })
    const first = await run(file, { provenance: [space.write("many.jsonl", good + many)] })
    expect(first.results[0]?.verdict).toMatchObject({
      kind: "verified",
      proof: {
        notes: expect.arrayContaining(["7 more attestations about this file were not looked at"]),
      },
    })
  })

  test("about a file of this name and other content says that the file is another", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, "changed")
    const named = space.write("b.json", bundle)
    const { results } = await run(file, { provenance: [named] })
    expect(results[0]?.verdict).toMatchObject({
      kind: "rejected",
      reasons: [{ check: "subject-digest", expected: DIGEST, origin: named }],
    })
  })

  test("about an image names the right tool", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const image = slsaV1Statement([subjectOf("pkg:docker/acme/rocket@1", SDIST)])
    const named = space.write("b.json", world.signPayload(image))
    const { results } = await run(file, { provenance: [named] })
    expect(results[0]?.verdict).toMatchObject({
      reasons: [{ check: "evidence-scope", found: expect.stringContaining("cosign") }],
    })
  })

  test("that is missing where it was named is an error of the whole run", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    await expect(run(file, { provenance: [space.path("none.json")] })).rejects.toMatchObject({
      code: "ERR_INPUT_NOT_FOUND",
    })
  })
})

describe("targets", () => {
  test("are files, patterns, folders, digests; each once, in order", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${WHEEL_NAME}.sigstore.json`, bundle)
    space.write(`dist/${SDIST_NAME}`, SDIST)
    space.write("dist/.hidden", "x")
    mkdirSync(space.path("dist/sub"))
    const named = space.write("b.json", bundle)
    const all = [`${WHEEL_NAME} verified`, `${SDIST_NAME} rejected evidence-present`]
    expect(endings(await run([space.path("dist"), file, space.path("dist/*.whl")]))).toEqual(all)
    expect(endings(await run(space.path("dist/*")))).toEqual(all)
    const everything = [file, space.path(`dist/${WHEEL_NAME}.sigstore.json`)]
    expect(endings(await run(everything))).toEqual([`${WHEEL_NAME} verified`])
    const report = await run([DIGEST], { provenance: [named], name: WHEEL_NAME })
    expect(endings(report)).toEqual([`${DIGEST} verified`])
  })

  test("go on after a failure, and the watch hears of each", async () => {
    space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${WHEEL_NAME}.sigstore.json`, bundle)
    space.write("dist/a-1.0.tar.gz", "nobody signed this")
    const heard: string[] = []
    const report = await run(space.path("dist"), {
      onTotal: (count) => heard.push(`total ${count}`),
      onFinished: (target) => heard.push(target.split("/").at(-1) ?? ""),
    })
    expect(endings(report)).toEqual([
      "a-1.0.tar.gz rejected evidence-present",
      `${WHEEL_NAME} verified`,
    ])
    expect(heard).toEqual(["total 2", "a-1.0.tar.gz", WHEEL_NAME])
    expect(isVerified(report)).toBe(false)
  })

  test("of an empty folder are nothing, and nothing is no pass", async () => {
    mkdirSync(space.path("empty"))
    expect(isVerified(await run(space.path("empty")))).toBe(false)
  })

  test.each([
    ["missing.whl", "ERR_INPUT_NOT_FOUND", "there is no file"],
    ["*.egg", "ERR_INPUT_NOT_FOUND", "no file matches"],
    ["sha256:ABC", "ERR_USAGE", "64 lower-case hex digits"],
    ["docker://acme/rocket", "ERR_USAGE", "cannot be verified here|not a file"],
    ["https://acme.test/x.whl", "ERR_USAGE", "not a file"],
  ])("%s is %s", async (target, code, message) => {
    const isPath = !/^(?:sha256|docker|https):/.test(target)
    await expect(run(isPath ? space.path(target) : target)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  test("that are pipes or cannot be read are undecided, and links are followed", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const named = space.write("b.json", bundle)
    execFileSync("mkfifo", [space.path("pipe.whl")])
    symlinkSync(file, space.path("link.whl"))
    symlinkSync(space.path("loop.whl"), space.path("loop.whl"))
    const report = await run([space.path("pipe.whl"), space.path("link.whl")], {
      provenance: [named],
    })
    // The link's own name is no published name, and a plain provenance statement does not ask for one.
    expect(endings(report)[0]).toBe("pipe.whl undecided ERR_INPUT_UNREADABLE")
    expect(endings(report)[1]).toMatch(/^link.whl verified/)
    expect(endings(await run(space.path("loop.whl")))).toEqual([
      "loop.whl undecided ERR_INPUT_UNREADABLE",
    ])
  })

  test("that a folder holds and nobody can read are not passed over", async () => {
    space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${WHEEL_NAME}.sigstore.json`, bundle)
    execFileSync("mkfifo", [space.path("dist/pipe.whl")])
    symlinkSync(space.path("nowhere"), space.path("dist/gone.whl"))
    for (const named of ["dist", "dist/*"]) {
      expect(endings(await run(space.path(named)))).toEqual([
        "gone.whl undecided ERR_INPUT_NOT_FOUND",
        "pipe.whl undecided ERR_INPUT_UNREADABLE",
        `${WHEEL_NAME} verified`,
      ])
    }
  })

  test.skipIf(process.getuid?.() === 0)("without permission are undecided", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    chmodSync(file, 0)
    expect(endings(await run(file))).toEqual([`${WHEEL_NAME} undecided ERR_INPUT_UNREADABLE`])
  })

  test("several of them share no --name", async () => {
    space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${SDIST_NAME}`, SDIST)
    await expect(run(space.path("dist"), { name: WHEEL_NAME })).rejects.toMatchObject({
      code: "ERR_USAGE",
    })
  })
})

describe("what is given besides", () => {
  test("a source is compared in one spelling, and must be a repository", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${WHEEL_NAME}.sigstore.json`, bundle)
    const ending = async (source: string) => endings(await run(file, { expectation: { source } }))
    expect(await ending("https://github.com/acme/rocket")).toEqual([`${WHEEL_NAME} verified`])
    expect(await ending("github.com/acme/moon")).toEqual([`${WHEEL_NAME} rejected expect-source`])
    await expect(ending("acme/rocket")).rejects.toMatchObject({ code: "ERR_USAGE" })
  })

  test("a managed key needs no trust root", async () => {
    const managed = managedSigner()
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    const envelope = world.signEnvelope(slsaV1Statement([wheelSubject()]), { signer: managed })
    const named = space.write("e.json", envelope)
    const keys = [space.write("key.pem", verifierPem(managed))]
    const options = { provenance: [named], keys, trustedRoot: space.path("none.json") }
    expect(endings(await run(file, options))).toEqual([`${WHEEL_NAME} verified`])
    const bad = [
      space.write("bad.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
    ]
    await expect(run(file, { ...options, keys: bad })).rejects.toMatchObject({ code: "ERR_CONFIG" })
  })

  test("a signature over the file itself is compared by digest", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${WHEEL_NAME}.sigstore.json`, world.signMessage(WHEEL))
    expect(endings(await run(file))).toEqual([`${WHEEL_NAME} verified`])
  })

  test.each([
    [
      "without a start of validity",
      (root: Root) => void delete root.tlogs[0]?.publicKey.validFor,
      "ERR_TRUST_ROOT",
    ],
    ["of another kind", (root: Root) => void (root.mediaType = "text/plain"), "ERR_TRUST_ROOT"],
    ["without logs", (root: Root) => void (root.tlogs = []), `${WHEEL_NAME} rejected log-known`],
    [
      "without authorities",
      (root: Root) => void (root.certificateAuthorities = []),
      `${WHEEL_NAME} rejected certificate-chain`,
    ],
  ])("a trusted root %s gives no pass", async (_what, change, expected) => {
    const root = world.trustedRoot()
    change(root)
    const trustedRoot = space.write("bad-root.json", root)
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${WHEEL_NAME}.sigstore.json`, bundle)
    const ending = await run(file, { trustedRoot }).then(
      (report) => endings(report).join(),
      (error: unknown) => (error instanceof WheelproofError ? error.code : "another error"),
    )
    expect(ending).toBe(expected)
  })

  test("a trusted root that is not there ends the run", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    space.write(`dist/${WHEEL_NAME}.sigstore.json`, bundle)
    await expect(run(file, { trustedRoot: space.path("none.json") })).rejects.toMatchObject({
      code: "ERR_TRUST_ROOT",
    })
  })

  test("an aborted run ends in an error", async () => {
    const file = space.write(`dist/${WHEEL_NAME}`, WHEEL)
    await expect(run(file, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ERR_INTERRUPTED",
    })
  })
})

type Root = ReturnType<typeof world.trustedRoot>
