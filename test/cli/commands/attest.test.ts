import { describe, expect, test } from "vitest"

import type { AttestReport, AttestRequest, AttestWatch } from "../../../src/app/attest/request.ts"
import { WheelproofError } from "../../../src/core/errors.ts"
import { ATTEST_JSON_FIELDS } from "../../../scripts/docs/json-fields.ts"
import { DIGEST, HOSTILE, leaves, run, transcript } from "../support.ts"

const WHEEL = "rocket-1.0.0-py3-none-any.whl"

const REPORT: AttestReport = {
  build: {
    kind: "github",
    signer: "https://github.com/acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
    builder: "https://github.com/acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
    source: "https://github.com/acme/rocket",
    ref: "refs/tags/v1.0.0",
    commit: "4d329c75e7ec1725f7c9ce917a8799d408d06be3",
    run: "https://github.com/acme/rocket/actions/runs/1/attempts/1",
  },
  level: { level: 2, reason: "signed in a job of the project's own workflow" },
  subjects: [
    {
      name: WHEEL,
      sha256: DIGEST,
      files: [`dist/${WHEEL}.sigstore.json`, `dist/${WHEEL}.publish.attestation`],
      logEntries: [{ log: "https://rekor.sigstore.dev", logIndex: "123" }],
    },
  ],
  aggregate: {
    file: "dist/multiple.intoto.jsonl",
    logEntries: [{ log: "https://rekor.sigstore.dev", logIndex: "124" }],
  },
  certificates: 1,
  signatures: 3,
  resumed: 0,
  notes: ["a sentence to know"],
}

const attesting = (report: AttestReport) => ({ attest: () => Promise.resolve(report) })

/** The request that a command line amounts to. */
async function requestOf(line: string): Promise<AttestRequest> {
  const requests: AttestRequest[] = []
  const { exit, stderr } = await run(line.split(" "), {
    attest: (request) => {
      requests.push(request)
      return Promise.resolve({ ...REPORT, notes: [] })
    },
  })
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" })
  const [request] = requests
  if (request === undefined) throw new Error("it was not asked")
  return request
}

test("says whose word it is, what it amounts to, and what is where", async () => {
  expect(await transcript("attest dist", attesting(REPORT))).toMatchInlineSnapshot(`
    "$ wheelproof attest dist
    exit 0
    signed by     https://github.com/acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0
    source        https://github.com/acme/rocket
    ref           refs/tags/v1.0.0
    commit        4d329c75e7ec1725f7c9ce917a8799d408d06be3
    builder       https://github.com/acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0
    run           https://github.com/acme/rocket/actions/runs/1/attempts/1
    build level   SLSA Build L2: signed in a job of the project's own workflow

    attested rocket-1.0.0-py3-none-any.whl
      sha256        abababababababababababababababababababababababababababababababab
      wrote         dist/rocket-1.0.0-py3-none-any.whl.sigstore.json
      wrote         dist/rocket-1.0.0-py3-none-any.whl.publish.attestation
      logged        https://rekor.sigstore.dev entry 123
    attested all of them together
      wrote         dist/multiple.intoto.jsonl
      logged        https://rekor.sigstore.dev entry 124

    1 file attested by 3 signatures with 1 certificate
    --- stderr
    note: a sentence to know
    "
  `)
})

test("what an earlier run did is said, and a key has no certificate", async () => {
  const { aggregate: _aggregate, ...alone } = REPORT
  const report = { ...alone, certificates: 0, resumed: 2, signatures: 1 }
  const { stdout } = await run(["attest", "dist"], attesting(report))
  expect(stdout.split("\n").at(-2)).toBe(
    "1 file attested by 1 signature, 2 of them by an earlier run",
  )
  expect(stdout).not.toContain("together")
})

test("quiet says nothing", async () => {
  expect(await transcript("attest dist --quiet", attesting(REPORT))).toBe(
    "$ wheelproof attest dist --quiet\nexit 0\n",
  )
})

test("a dry run prints the statements, one a line", async () => {
  const statements = [
    { name: `${WHEEL}.sigstore.json`, text: '{"_type":"one"}' },
    { name: "multiple.intoto.jsonl", text: '{"_type":"two"}' },
  ]
  const { aggregate: _aggregate, ...alone } = REPORT
  const report = { ...alone, statements, notes: [] }
  expect(await transcript("attest dist --dry-run", attesting(report))).toBe(
    '$ wheelproof attest dist --dry-run\nexit 0\n{"_type":"one"}\n{"_type":"two"}\n',
  )
  const { stdout } = await run(
    ["attest", "dist", "--dry-run", "--format", "json"],
    attesting(report),
  )
  expect(JSON.parse(stdout)).toMatchObject({
    statements: [
      { name: `${WHEEL}.sigstore.json`, statement: { _type: "one" } },
      { name: "multiple.intoto.jsonl", statement: { _type: "two" } },
    ],
  })
})

test("JSON holds everything, and is alone on standard output", async () => {
  const trust = { source: "file", origin: "root.json", instances: ["x"], notes: [] } as const
  const { stdout, stderr } = await run(
    ["attest", "dist", "--format", "json"],
    attesting({ ...REPORT, trust }),
  )
  expect(stderr).toBe("")
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    build: REPORT.build,
    level: REPORT.level,
    subjects: [{ name: WHEEL, digests: { sha256: DIGEST } }],
    aggregate: REPORT.aggregate,
    certificates: 1,
    signatures: 3,
    resumed: 0,
    trust: { source: "file" },
    notes: REPORT.notes,
  })
})

test("every field of the JSON is documented, and no other", async () => {
  const trust = { source: "file", origin: "root.json", instances: [], notes: [] } as const
  const statements = [{ name: "x", text: "{}" }]
  const { stdout } = await run(
    ["attest", "dist", "--format", "json"],
    attesting({ ...REPORT, trust, statements }),
  )
  const documented = ATTEST_JSON_FIELDS.flatMap(([paths]) => paths.split(", "))
  const found = new Set(leaves(JSON.parse(stdout), documented))
  expect([...found].toSorted()).toEqual(documented.toSorted())
})

describe("flags", () => {
  test("none of them", async () => {
    expect(await requestOf("attest dist")).toEqual({
      files: ["dist"],
      checksumFiles: [],
      force: false,
      dryRun: false,
      anyFile: false,
      project: ".",
      isPart: false,
      privateRepository: false,
      issuers: [],
      logVersion: 1,
      interactive: false,
      offline: false,
    })
  })

  test("all of them", async () => {
    expect(
      await requestOf(
        "attest a b --subjects x.txt --subjects y.txt --subjects-base64 YQ== --any-file --project p --partial --built-after 2026-11-24T10:00:00Z --identity-token - --oidc-issuer https://a.example --oidc-issuer https://b.example=http://127.0.0.1:1/ --signing-config c.json --rekor-version 2 --private-repository --trusted-root r.json --timeout 3 --output out --force --dry-run --concurrency 4",
      ),
    ).toEqual({
      files: ["a", "b"],
      checksumFiles: ["x.txt", "y.txt"],
      checksums: "YQ==",
      anyFile: true,
      project: "p",
      isPart: true,
      builtAfter: Date.UTC(2026, 10, 24, 10),
      identityToken: "-",
      issuers: ["https://a.example", "https://b.example=http://127.0.0.1:1/"],
      signingConfig: "c.json",
      logVersion: 2,
      privateRepository: true,
      trustedRoot: "r.json",
      timeoutMs: 3_000,
      output: "out",
      force: true,
      dryRun: true,
      concurrency: 4,
      interactive: false,
      offline: false,
    })
  })

  test("a key instead of an identity", async () => {
    expect(await requestOf("attest dist --key key.pem --offline")).toMatchObject({
      key: "key.pem",
      offline: true,
    })
  })

  test.each([
    ["attest", "FILE... is missing, and so are --subjects and --subjects-base64"],
    ["attest dist --key k --identity-token t", "--key and --identity-token exclude each other"],
    ["attest dist --key k --oidc-issuer i", "--key and --oidc-issuer exclude each other"],
    ["attest dist --key k --signing-config c", "--key and --signing-config exclude each other"],
    ["attest dist --key k --rekor-version 1", "--key and --rekor-version exclude each other"],
    ["attest dist --rekor-version 3", "--rekor-version is one of 1, 2"],
    [
      "attest dist --built-after yesterday",
      "--built-after takes a time such as 2026-11-24T10:00:00Z",
    ],
    ["attest dist --concurrency 33", "--concurrency takes a whole number from 1 to 32"],
    ["attest dist --rekor-url https://x.example", "unknown flag `--rekor-url`"],
  ])("%s", async (line, message) => {
    const { exit, stderr } = await run(line.split(" "))
    expect(exit).toBe(2)
    expect(stderr).toContain(message)
  })
})

test("a person is told where to sign in, and what will be public, before anything happens", async () => {
  const attest = async (request: AttestRequest, watch: AttestWatch) => {
    expect(request.interactive).toBe(true)
    watch.signIn(new URL("https://sign-in.example/auth?state=1"))
    watch.total(3)
    watch.finished(WHEEL)
    return Promise.resolve({ ...REPORT, notes: [] })
  }
  const written: string[] = []
  const stderr = {
    isTerminal: true,
    columns: 80,
    write: async (data: string | Uint8Array) => {
      written.push(String(data))
      await Promise.resolve()
    },
  }
  await run(["attest", "dist"], { attest }, { stderr })
  expect(written.join("")).toBe(
    "note: your e-mail address will be in the certificate, and with it in a public log for ever\nsign in at https://sign-in.example/auth?state=1\n",
  )
})

test("a failure is an error with its code, and nothing on standard output", async () => {
  const attest = () =>
    Promise.reject(
      new WheelproofError("ERR_SIGNING", "the log does not hold", { hint: "run it again" }),
    )
  expect(await transcript("attest dist", { attest })).toBe(
    "$ wheelproof attest dist\nexit 3\n--- stderr\nerror: the log does not hold (ERR_SIGNING)\nhint: run it again\n",
  )
})

test("hostile text is shown as what it is", async () => {
  const hostile: AttestReport = {
    ...REPORT,
    build: { ...REPORT.build, signer: HOSTILE, ref: HOSTILE, run: HOSTILE },
    subjects: [
      {
        name: HOSTILE,
        sha256: DIGEST,
        files: [HOSTILE],
        logEntries: [{ log: HOSTILE, logIndex: "1" }],
      },
    ],
    aggregate: { file: HOSTILE, logEntries: [] },
    notes: [HOSTILE],
  }
  for (const flags of [[], ["--format", "json"]]) {
    const { stdout, stderr } = await run(["attest", "dist", ...flags], attesting(hostile))
    // oxlint-disable-next-line no-control-regex -- these are what must not come through
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u200b\u2028]|^::/m)
  }
})
