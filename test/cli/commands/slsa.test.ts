import { expect, test } from "vitest"

import type {
  SlsaArtifactRequest,
  SlsaEvent,
  SlsaGithubRequest,
  SlsaVsaRequest,
} from "../../../src/app/slsa-verifier.ts"
import type { SlsaUseCases, UseCases } from "../../../src/app/use-cases.ts"
import { WheelproofError } from "../../../src/core/errors.ts"
import { main } from "../../../src/cli/main.ts"
import { fakeTerminal, fakeUseCases, run, transcript } from "../support.ts"

const payload = Buffer.from('{"_type":"x"}')
const BUILD: SlsaEvent = {
  kind: "build",
  builder: "https://example/b@refs/tags/v1",
  commit: "c0ffee",
}
const ARTIFACT =
  "verify-artifact a.whl b.whl --provenance-path p.jsonl --source-uri github.com/owner/name"

function slsa(events: readonly (SlsaEvent | Error)[], seen: unknown[] = []): Partial<UseCases> {
  async function* play(request: unknown): AsyncGenerator<SlsaEvent> {
    seen.push(request)
    for (const event of events) {
      if (event instanceof Error) throw event
      yield event
    }
  }
  const all: SlsaUseCases = {
    verifyArtifact: (request: SlsaArtifactRequest) => play(request),
    verifyGithubAttestation: (request: SlsaGithubRequest) => play(request),
    verifyVsa: (request: SlsaVsaRequest) => play(request),
  }
  return { slsa: all }
}

const passed = (target: string): SlsaEvent => ({ kind: "passed", target, payload })

test("two artifacts pass, and their statements are printed", async () => {
  const given = slsa([
    { kind: "index-search" },
    { kind: "log-entry", logIndex: "7", url: "https://rekor.sigstore.dev/api/v1/log/entries/x" },
    BUILD,
    passed("a.whl"),
    BUILD,
    passed("b.whl"),
  ])
  expect(await transcript(`${ARTIFACT} --print-provenance`, given)).toMatchInlineSnapshot(`
    "$ wheelproof verify-artifact a.whl b.whl --provenance-path p.jsonl --source-uri github.com/owner/name --print-provenance
    exit 0
    {"_type":"x"}
    {"_type":"x"}
    --- stderr
    No certificate provided, trying Redis search index to find entries by subject digest
    Verified signature against tlog entry index 7 at URL: https://rekor.sigstore.dev/api/v1/log/entries/x
    Verified build using builder "https://example/b@refs/tags/v1" at commit c0ffee
    Verifying artifact a.whl: PASSED

    Verified build using builder "https://example/b@refs/tags/v1" at commit c0ffee
    Verifying artifact b.whl: PASSED

    PASSED: SLSA verification passed
    "
  `)
})

test("a printed statement is octet for octet, but on a terminal moves nothing", async () => {
  const text = '{"a":"\u009B2J\u202Eb"}'
  const given = slsa([{ kind: "passed", target: "a.whl", payload: Buffer.from(text) }])
  const argv = `${ARTIFACT} --print-provenance`.split(" ")
  expect((await run(argv, given)).stdout).toBe(`${text}\n`)
  const { terminal, written } = fakeTerminal()
  const stdout = { ...terminal.stdout, isTerminal: true }
  await main(argv, {
    terminal: { ...terminal, stdout },
    useCases: async () => fakeUseCases(given),
  })
  expect(written.stdout).toBe('{"a":"\\u009b2J\\u202eb"}\n')
  expect(JSON.parse(written.stdout)).toEqual(JSON.parse(text))
})

test("without --print-provenance standard output stays empty", async () => {
  const events = [passed("a.whl"), passed("b.whl")]
  for (const flag of ["", " --print-provenance=false"]) {
    const { stdout, exit } = await run(`${ARTIFACT}${flag}`.split(" "), slsa(events))
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 0 })
  }
})

test("the first failure ends the run", async () => {
  const failed: SlsaEvent = {
    kind: "failed",
    target: "b.whl",
    error: "artifact hash does not match provenance subject",
  }
  expect(await transcript(ARTIFACT, slsa([BUILD, passed("a.whl"), failed, passed("b.whl")])))
    .toMatchInlineSnapshot(`
    "$ wheelproof verify-artifact a.whl b.whl --provenance-path p.jsonl --source-uri github.com/owner/name
    exit 1
    --- stderr
    Verified build using builder "https://example/b@refs/tags/v1" at commit c0ffee
    Verifying artifact a.whl: PASSED

    Verifying artifact b.whl: FAILED: artifact hash does not match provenance subject

    FAILED: SLSA verification failed: artifact hash does not match provenance subject
    "
  `)
})

test("a run that ends early did not pass", async () => {
  expect(await transcript(ARTIFACT, slsa([passed("a.whl")]))).toMatchInlineSnapshot(`
    "$ wheelproof verify-artifact a.whl b.whl --provenance-path p.jsonl --source-uri github.com/owner/name
    exit 1
    --- stderr
    Verifying artifact a.whl: PASSED

    FAILED: SLSA verification failed: the run ended before every artifact was verified
    "
  `)
  expect((await run(ARTIFACT.split(" "), slsa([]))).exit).toBe(1)
})

test("an error is a failure, whatever its kind", async () => {
  const offline = new WheelproofError("ERR_OFFLINE", "the log is needed", {
    hint: "drop --offline",
  })
  expect(await transcript(ARTIFACT, slsa([offline]))).toMatchInlineSnapshot(`
    "$ wheelproof verify-artifact a.whl b.whl --provenance-path p.jsonl --source-uri github.com/owner/name
    exit 1
    --- stderr
    FAILED: SLSA verification failed: the log is needed (drop --offline)
    "
  `)
  const bug = await run(ARTIFACT.split(" "), slsa([passed("a.whl"), new TypeError("x")]))
  expect(bug.exit).toBe(1)
  expect(bug.stderr).toContain("this is a bug")
})

test("a flag that is given empty differs from one that is not given", async () => {
  const seen: unknown[] = []
  const line = `${ARTIFACT} --source-tag= --builder-id b --build-workflow-input k=v --build-workflow-input k=w --timeout 2.5 --offline --rekor-url http://127.0.0.1:1 --trusted-root r.json --provenance-repository x`
  await run(line.split(" "), slsa([], seen), { environment: { SLSA_VERIFIER_TESTING: "T" } })
  expect(seen).toEqual([
    {
      artifacts: ["a.whl", "b.whl"],
      provenancePath: "p.jsonl",
      sourceUri: "github.com/owner/name",
      sourceTag: "",
      builderId: "b",
      workflowInputs: new Map([["k", "w"]]),
      testing: true,
      offline: true,
      timeoutMs: 2500,
      rekorUrl: new URL("http://127.0.0.1:1"),
      trustedRoot: "r.json",
    },
  ])
})

test("the testing variable is announced first", async () => {
  const environment = { SLSA_VERIFIER_TESTING: "true" }
  const { stderr } = await run(ARTIFACT.split(" "), slsa([BUILD]), { environment })
  expect(stderr.split("\n")[0]).toBe("WARNING: Insecure SLSA_VERIFIER_TESTING is enabled.")
})

test("usage errors print the usage and end in 1", async () => {
  expect(await transcript("verify-vsa extra")).toMatchInlineSnapshot(`
    "$ wheelproof verify-vsa extra
    exit 1
    --- stderr
    usage: wheelproof verify-vsa [FLAGS] --attestation-path FILE --verifier-id ID --resource-uri URI
      --public-key-path FILE

    what to verify:
      --subject-digest TYPE:VALUE  digest that the summary must name; may be repeated
      --attestation-path FILE      the verification summary, a DSSE envelope; required

    expectations:
      --verifier-id ID        expected verifier; required
      --resource-uri URI      expected resource; required
      --verified-level LEVEL  level that must have been reached; may be repeated

    trust:
      --public-key-path FILE  the verifier's public key (PEM); required
      --public-key-id ID      the key's id; without it, its SSH fingerprint
      --trusted-root FILE     trusted root to use instead of the Sigstore public instance's
      --offline               open no network connection
      --rekor-url URL         transparency log to ask, for evidence that needs a look-up
      --timeout SECONDS       time limit of each network request

    output:
      --print-attestation  print the statement if it passed

    error: --attestation-path and --verifier-id and --resource-uri and --public-key-path are required (ERR_USAGE)
    hint: run \`wheelproof verify-vsa --help\`
    "
  `)
})

test.each([
  ["verify-artifact --provenance-path p --source-uri u", "ARTIFACT... is missing"],
  ["verify-artifact a", "--provenance-path and --source-uri are required"],
  [
    `${ARTIFACT} --source-tag a --source-versioned-tag b`,
    "--source-tag and --source-versioned-tag exclude each other",
  ],
  [
    `${ARTIFACT} --build-workflow-input a=b=c`,
    "--build-workflow-input takes KEY=VALUE, got `a=b=c`",
  ],
  [`${ARTIFACT} --build-workflow-input a`, "--build-workflow-input takes KEY=VALUE, got `a`"],
  [`${ARTIFACT} --print-provenance=maybe`, "--print-provenance takes true or false, got `maybe`"],
  [`${ARTIFACT} --source-uris x`, "unknown flag `--source-uris`; did you mean `--source-uri`?"],
  [
    "verify-github-attestation a b --source-uri u --attestation-path p --builder-id b",
    "`verify-github-attestation` takes FILE only, got `b`",
  ],
])("%s", async (line, message) => {
  const { exit, stdout, stderr } = await run(line.split(" "))
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" })
  expect(stderr).toMatch(/^usage: wheelproof verify-/)
  expect(stderr).toContain(`\nerror: ${message} (ERR_USAGE)\n`)
})

test("verify-github-attestation", async () => {
  const seen: unknown[] = []
  const line =
    "verify-github-attestation a.whl --attestation-path p --source-uri u --builder-id b --print-attestation"
  const { stdout, stderr, exit } = await run(line.split(" "), slsa([BUILD, passed("a.whl")], seen))
  expect({ stdout, exit }).toEqual({ stdout: '{"_type":"x"}\n', exit: 0 })
  expect(stderr).toContain("Verifying artifact a.whl: PASSED\n\nPASSED: SLSA verification passed\n")
  expect(seen).toEqual([
    {
      artifact: "a.whl",
      attestationPath: "p",
      sourceUri: "u",
      builderId: "b",
      testing: false,
      offline: false,
    },
  ])
})

test("verify-vsa", async () => {
  const seen: unknown[] = []
  const line =
    "verify-vsa --subject-digest sha256:aa --subject-digest sha1:bb --attestation-path v --verifier-id i --resource-uri r --public-key-path k --verified-level L1 --verified-level L2"
  expect(await transcript(line, slsa([passed("")], seen))).toContain(
    "exit 0\n--- stderr\nVerifying VSA: PASSED\n\nPASSED: SLSA verification passed\n",
  )
  expect(seen).toEqual([
    {
      subjectDigests: ["sha256:aa", "sha1:bb"],
      attestationPath: "v",
      verifierId: "i",
      resourceUri: "r",
      publicKeyPath: "k",
      publicKeyId: "",
      verifiedLevels: ["L1", "L2"],
    },
  ])
  const failed: SlsaEvent = { kind: "failed", target: "", error: "no valid signature" }
  expect((await run(line.split(" "), slsa([failed]))).stderr).toBe(
    "Verifying VSA: FAILED: no valid signature\n\nFAILED: SLSA verification failed: no valid signature\n",
  )
})

test("hostile text stays on its line", async () => {
  const failed: SlsaEvent = {
    kind: "failed",
    target: "a\nPASSED: b",
    error: "x\nPASSED: SLSA verification passed",
  }
  const { stderr } = await run(ARTIFACT.split(" "), slsa([failed]))
  expect(stderr).not.toMatch(/^PASSED/m)
})
