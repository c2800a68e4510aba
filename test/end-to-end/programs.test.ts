import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process"
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
} from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { createKeyPair } from "../../src/world/crypto/keys.ts"
import { startService, type Service } from "../../src/world/http/service.ts"
import { createRekorV1Handler } from "../../src/world/sigstore/rekor-v1-handler.ts"
import { provenance } from "../../src/world/sigstore/sign.ts"
import { managedSigner, verifierPem } from "../../src/world/sigstore/signer.ts"
import {
  publishStatement,
  slsaV02Statement,
  slsaV1Statement,
  subjectOf,
} from "../../src/world/sigstore/statements.ts"
import { GENERATOR_IDENTITY } from "../../src/world/sigstore/identities.ts"
import { createWorld } from "../../src/world/world.ts"
import { NOW, WHEEL, WHEEL_NAME, wheelSubject } from "../support/judge.ts"
import { createWorkspace, type Workspace } from "../support/workspace.ts"

/** How a process ended and what it wrote; the folder's path is written FOLDER. */
interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const world = createWorld({ now: NOW })
const SAMPLE = "sampleproject-4.0.0.tar.gz"
const SAMPLE_DIGEST = "sha256:0ace7980f82c5815ede4cd7bf9f6693684cec2ae47b9b7ade9add533b8627c6b"
const KEY_KINDS = ["rsa4096", "p256", "p384", "p521", "ed25519"] as const

let space: Workspace
let out: string
let server: Service
let programs: readonly { readonly name: string; readonly command: readonly string[] }[]

beforeAll(async () => {
  out = mkdtempSync(path.join(tmpdir(), "wheelproof-build-"))
  for (const flags of [[], ["--binary"]]) {
    const { status } = spawnSync("node", ["scripts/build.ts", "--out", out, ...flags])
    if (status !== 0) throw new Error("the programs could not be built")
  }
  programs = [
    { name: "Node.js", command: [process.execPath, path.join(out, "bin.cjs")] },
    { name: "binary", command: [path.join(out, "wheelproof")] },
  ]
  server = await startService(createRekorV1Handler(world.rekor))
  space = createWorkspace(world)
  fill(space)
})
afterAll(async () => {
  await server.close()
  space.remove()
  rmSync(out, { recursive: true })
})

function fill(workspace: Workspace): void {
  const { folder } = workspace
  const write = (name: string, content: unknown): string => workspace.write(name, content)
  cpSync("examples/evidence", path.join(folder, "evidence"), { recursive: true })
  write(`dist/${WHEEL_NAME}`, WHEEL)
  write(`dist/${WHEEL_NAME}.sigstore.json`, world.signPayload(slsaV1Statement([wheelSubject()])))
  write("dist/rocket-1.0.0.tar.gz", "nobody signed this")
  const attestation = world.signAttestation(publishStatement(wheelSubject()))
  write("pep740.provenance", provenance([attestation]))
  write("message.json", world.signMessage(WHEEL))
  write("p384.json", world.signMessage(WHEEL, { issue: { key: createKeyPair("p384") } }))
  write(
    "tsa.json",
    world.signPayload(slsaV1Statement([wheelSubject()]), { entries: ["dsse/0.0.2"] }),
  )
  symlinkSync("loop.whl", path.join(folder, "loop.whl"))
  write("broken.json", '{"mediaType": 1, "mediaType": 2}')
  const lie = slsaV1Statement([wheelSubject()])
  lie.predicate.buildDefinition.internalParameters.github["repository_id"] = "1"
  write("lie.json", world.signPayload(lie))
  const issue = { identity: GENERATOR_IDENTITY }
  const envelope = JSON.stringify(
    world.signEnvelope(slsaV02Statement([wheelSubject()]), { issue, keyid: "" }),
  )
  const pem: string = JSON.parse(envelope).signatures[0].cert
  world.rekor.logEnvelope(Buffer.from(envelope), pem, NOW / 1000, "intoto/0.0.1")
  write("old.intoto.jsonl", envelope)
  for (const kind of KEY_KINDS) {
    const signer = managedSigner(createKeyPair(kind))
    write(`key-${kind}.pem`, verifierPem(signer))
    write(`key-${kind}.json`, world.signEnvelope(slsaV1Statement([wheelSubject()]), { signer }))
  }
  const hostile = publishStatement(subjectOf("\u001b[2J\u202erocket", WHEEL))
  write("hostile.attestation", world.signAttestation(hostile))
}

function start(
  command: readonly string[],
  args: readonly string[],
  folder: string,
): ChildProcessWithoutNullStreams {
  return spawn(command[0] ?? "", [...command.slice(1), ...args], {
    cwd: space.path(folder),
    env: { PATH: process.env["PATH"], HOME: space.folder, XDG_CACHE_HOME: space.path("cache") },
  })
}

async function run(
  command: readonly string[],
  args: readonly string[],
  input: string | Buffer = "",
  folder = ".",
): Promise<Ended> {
  const child = start(command, args, folder)
  const written = { stdout: "", stderr: "" }
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written.stdout += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.stderr += text))
  child.stdin.on("error", () => undefined).end(input)
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve))
  return { status, stdout: plain(written.stdout), stderr: plain(written.stderr) }
}

function plain(text: string): string {
  return text.replaceAll(space.folder, "FOLDER").replaceAll(server.url, "LOG")
}

/** Runs a command line on both programs, which have to write and end the same. */
async function both(line: string, input?: string | Buffer, folder?: string): Promise<Ended> {
  const args = line.replaceAll("LOG", server.url).split(" ")
  const [first, second] = await Promise.all(
    programs.map(({ command }) => run(command, args, input, folder)),
  )
  expect(second).toEqual(first)
  return first ?? { status: null, stdout: "", stderr: "" }
}

/** Interrupts a program once it reads this file; how it ends. */
async function interrupt(
  command: readonly string[],
  line: string,
  file: string,
): Promise<number | null> {
  const child = start(command, line.split(" "), "")
  child.stdin.end()
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
  const fds = `/proc/${child.pid ?? 0}/fd`
  const reads = (fd: string): boolean => {
    try {
      return readlinkSync(path.join(fds, fd)) === file
    } catch {
      // It was closed meanwhile.
      return false
    }
  }
  while (!readdirSync(fds).some(reads)) await new Promise((resolve) => setTimeout(resolve, 20))
  child.kill("SIGINT")
  return ended
}

const ROOT = "--trusted-root trust/trusted_root.json --offline"

describe("real evidence", () => {
  beforeAll(async () => {
    const { stdout } = await both("trust export --offline")
    space.write("root.json", stdout)
  })

  test("verifies, and says what was proved and what was not compared", async () => {
    const line = `verify ${SAMPLE_DIGEST} --provenance evidence/${SAMPLE}.provenance --name ${SAMPLE} --offline --trusted-root root.json --source github.com/pypa/sampleproject`
    expect(await both(line)).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "",
        "stdout": "verified sha256:0ace7980f82c5815ede4cd7bf9f6693684cec2ae47b9b7ade9add533b8627c6b
        source        https://github.com/pypa/sampleproject
        ref           refs/heads/main
        commit        621e4974ca25ce531773def586ba3ed8e736b3fc
        workflow      https://github.com/pypa/sampleproject/.github/workflows/release.yml@refs/heads/main
        builder       https://github.com/pypa/sampleproject/.github/workflows/release.yml@refs/heads/main
        trigger       push
        runner        github-hosted
        signer        https://github.com/pypa/sampleproject/.github/workflows/release.yml@refs/heads/main, attested by https://token.actions.githubusercontent.com (fulcio.sigstore.dev)
        time          2024-11-06T22:37:07Z, by log https://rekor.sigstore.dev
        log           https://rekor.sigstore.dev, entry 147137139, by its promise and an inclusion proof
        evidence      evidence/sampleproject-4.0.0.tar.gz.provenance, attestation 1 (pep740-attestation, 1 subject)
        compared      --source github.com/pypa/sampleproject
        not compared  --source-ref, --source-commit, --workflow, --builder, --identity, --issuer, --repository-id, --owner-id, --trigger, --deny-self-hosted-runners
        note          a publish attestation says who uploaded the file, not how it was built

      trust root    file (root.json), for fulcio.sigstore.dev
      origin verified: it is proved where the verified files come from, not that they do no harm
      1 verified, 0 rejected, 0 undecided
      ",
      }
    `)
  })

  test("is refused for another digest", async () => {
    const digest = SAMPLE_DIGEST.replace(/b$/, "c")
    const line = `verify ${digest} --provenance evidence/${SAMPLE}.provenance --offline --trusted-root root.json`
    expect(await both(line)).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "",
        "stdout": "rejected sha256:0ace7980f82c5815ede4cd7bf9f6693684cec2ae47b9b7ade9add533b8627c6c
        [evidence-present] required: there is evidence that names this artifact
          expected    an attestation for sha256:0ace7980f82c5815ede4cd7bf9f6693684cec2ae47b9b7ade9add533b8627c6c
          found       1 for other files: sampleproject-4.0.0.tar.gz (sha256:0ace7980f82c5815ede4cd7bf9f6693684cec2ae47b9b7ade9add533b8627c6b)
          why         without an attestation nothing is known of where the file came from
          next        name the file that holds the attestation with --provenance, or ask the publisher for one

      0 verified, 1 rejected, 0 undecided
      ",
      }
    `)
  })

  test("is shown", async () => {
    const { stdout } = await both(`inspect evidence/${SAMPLE}.provenance`)
    expect(stdout).toMatchInlineSnapshot(`
      "evidence/sampleproject-4.0.0.tar.gz.provenance
        attestations                     1
        verified                         nothing: this is what the file says, not what was proved

      evidence/sampleproject-4.0.0.tar.gz.provenance, attestation 1
        form                             pep740-attestation
        payload type                     application/vnd.in-toto+json
        statement type                   https://in-toto.io/Statement/v1
        predicate type                   https://docs.pypi.org/attestations/publish/v1
        subjects                         sampleproject-4.0.0.tar.gz sha256:0ace7980f82c5815ede4cd7bf9f6693684cec2ae47b9b7ade9add533b8627c6b
        signer                           https://github.com/pypa/sampleproject/.github/workflows/release.yml@refs/heads/main
        issuer                           https://token.actions.githubusercontent.com
        certificate's source repository  https://github.com/pypa/sampleproject
        certificate's source ref         refs/heads/main
        certificate's source commit      621e4974ca25ce531773def586ba3ed8e736b3fc
        certificate's workflow           https://github.com/pypa/sampleproject/.github/workflows/release.yml@refs/heads/main
        certificate's trigger            push
        certificate's run                https://github.com/pypa/sampleproject/actions/runs/11713038981/attempts/1
        certificate's runner             github-hosted
        repository id                    14899596
        owner id                         647025
        certificate valid                2024-11-06T22:37:07.000Z to 2024-11-06T22:47:07.000Z
        publisher named by the index     GitHub pypa/sampleproject, workflow release.yml
        log entries                      dsse/0.0.1 at index 147137139, 2024-11-06T22:37:07.000Z
      "
    `)
  })
})

const LINES: readonly (readonly [line: string, status: number, words: string])[] = [
  [`verify dist ${ROOT}`, 1, "1 verified, 1 rejected, 0 undecided"],
  [`verify dist/${WHEEL_NAME} ${ROOT} --source github.com/acme/rocket`, 0, "1 verified"],
  [`verify dist/${WHEEL_NAME} ${ROOT} --source github.com/acme/moon`, 1, "[expect-source]"],
  [`verify dist/${WHEEL_NAME} ${ROOT} --provenance pep740.provenance`, 0, "1 verified"],
  [`verify dist/${WHEEL_NAME} ${ROOT} --provenance message.json`, 0, "1 verified"],
  [`verify dist/${WHEEL_NAME} ${ROOT} --provenance p384.json`, 0, "1 verified"],
  [`verify dist/${WHEEL_NAME} ${ROOT} --provenance tsa.json`, 0, "1 verified"],
  [`verify dist/${WHEEL_NAME} ${ROOT} --provenance lie.json`, 1, "[claim-repository-id]"],
  [`verify dist/${WHEEL_NAME} ${ROOT} --provenance broken.json`, 1, "twice"],
  [`verify dist/${WHEEL_NAME} ${ROOT} --provenance old.intoto.jsonl`, 3, "ERR_OFFLINE"],
  [
    `verify dist/${WHEEL_NAME} --trusted-root trust/trusted_root.json --rekor-url LOG --provenance old.intoto.jsonl`,
    0,
    "1 verified",
  ],
  ...["json", "jsonl", "sarif", "github", "markdown"].map(
    (format) => [`verify dist ${ROOT} --format ${format}`, 1, WHEEL_NAME] as const,
  ),
  [`verify missing.whl ${ROOT}`, 2, "ERR_INPUT_NOT_FOUND"],
  [`verify loop.whl ${ROOT}`, 3, "ERR_INPUT_UNREADABLE"],
  [`verify dist --trusted-root broken.json`, 2, "ERR_TRUST_ROOT"],
  [`verify dist --sorce x`, 2, "did you mean `--source`?"],
  [`verify evidence/none ${ROOT}`, 2, "ERR_INPUT_NOT_FOUND"],
  [
    `verify-artifact dist/${WHEEL_NAME} ${ROOT} --provenance-path dist/${WHEEL_NAME}.sigstore.json --source-uri github.com/acme/rocket`,
    1,
    "FAILED: SLSA verification failed",
  ],
  [`verify-github-attestation dist/${WHEEL_NAME}`, 1, "usage"],
  [`verify-vsa`, 1, "usage"],
  [`inspect dist/${WHEEL_NAME}.sigstore.json --format json`, 0, "slsa.dev/provenance/v1"],
  [`inspect hostile.attestation`, 0, "rocket"],
  [`inspect broken.json`, 2, "twice"],
  [`seal broken.json ${ROOT}`, 2, "twice"],
  [`trust show ${ROOT}`, 0, "sigstore.test"],
  [`explain subject-digest`, 0, "subject"],
  [`explain nonsense`, 2, "ERR_USAGE"],
  [`digest dist`, 0, `${wheelSubject().digest["sha256"]}  ${WHEEL_NAME}`],
  [`digest dist --base64`, 0, ""],
  [`--version`, 0, "wheelproof "],
  [`--help`, 0, "verify"],
  [`verify --help`, 0, "--trusted-root"],
  [`nonsense`, 2, "ERR_USAGE"],
]

test("a folder cannot make the program that runs in it do anything", async () => {
  space.write("hostile/bunfig.toml", 'preload = ["./evil.ts"]\n')
  space.write("hostile/evil.ts", 'console.log("1 verified")\nprocess.exit(0)\n')
  space.write("hostile/.env", "WHEELPROOF_TRUST_MAX_AGE_DAYS=bogus\nSLSA_VERIFIER_TESTING=1\n")
  space.write("hostile/package.json", "{")
  space.write("hostile/tsconfig.json", "{")
  space.write("hostile/rocket-1.0.0.tar.gz", "nobody signed this")
  for (const { command } of programs) {
    const args = ["verify", "rocket-1.0.0.tar.gz", "--offline"]
    const ended = await run(command, args, "", "hostile")
    expect(ended.stdout).toContain("0 verified, 1 rejected")
    expect(ended.status).toBe(1)
    const drop = await run(command, ["verify-artifact", "x"], "", "hostile")
    expect(drop.stderr).not.toContain("SLSA_VERIFIER_TESTING")
  }
})

describe("both programs", () => {
  test.each(LINES)("wheelproof %s ends in %i", async (line, status, words) => {
    const ended = await both(line)
    expect({ status: ended.status, text: ended.stdout + ended.stderr }).toEqual({
      status,
      text: expect.stringContaining(words),
    })
    // oxlint-disable-next-line no-control-regex -- what evidence says must not reach the terminal as commands.
    expect(ended.stdout + ended.stderr).not.toMatch(/[\u001b\u202e]/)
  })

  test.each(KEY_KINDS)("verify with a managed key of type %s", async (kind) => {
    const line = `verify dist/${WHEEL_NAME} --provenance key-${kind}.json --key key-${kind}.pem --offline`
    expect(await both(line)).toMatchObject({ status: 0 })
    const other = kind === "p256" ? "p384" : "p256"
    expect(await both(line.replace(`${kind}.pem`, `${other}.pem`))).toMatchObject({ status: 1 })
  })

  test("divide a long run among processes, and come to the same report", async () => {
    const count = 70
    for (let index = 0; index < count; index += 1) {
      const name = `rocket-1.${index}-py3-none-any.whl`
      const bytes = Buffer.from(`wheel ${index}`)
      space.write(`many/${name}`, bytes)
      if (index % 10 === 3) continue
      const statement = slsaV1Statement([subjectOf(name, bytes)])
      space.write(`many/${name}.sigstore.json`, world.signPayload(statement))
    }
    const whole = await both(`verify many ${ROOT} --format json --concurrency 1`)
    const divided = await both(`verify many ${ROOT} --format json --concurrency 3`)
    expect(divided).toEqual(whole)
    const { stdout, status } = await both(`verify many ${ROOT} --concurrency 2`)
    expect(stdout).toContain("63 verified, 7 rejected, 0 undecided")
    expect(status).toBe(1)
    const bad = await both("verify many --trusted-root broken.json --concurrency 2")
    expect(bad).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("ERR_TRUST_ROOT"),
    })
  })

  test.each([1, 2])("take no file's name for something else, in %i processes", async (count) => {
    const hex = wheelSubject().digest["sha256"] ?? ""
    for (let index = 0; index < 70; index += 1) space.write(`names/n${index}.whl`, WHEEL)
    space.write(`names/sha256:${hex}`, "evil")
    space.write("names/-", "evil")
    space.write("names/npm:evil", "evil")
    const line = `verify . --trusted-root ../trust/trusted_root.json --offline --provenance ../tsa.json --concurrency ${count}`
    const ended = await both(line, WHEEL, "names")
    expect(ended).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("70 verified, 3 rejected, 0 undecided"),
    })
    for (const name of [`sha256:${hex}`, "-", "npm:evil"]) {
      expect(ended.stdout).toContain(`rejected ./${name}\n`)
    }
  })

  test.skipIf(process.platform !== "linux")("hear an interrupt while they read", async () => {
    const huge = space.write("huge.whl", "")
    // A hole, which takes no room; without an interrupt it takes minutes to read.
    truncateSync(huge, 200 * 1024 ** 3)
    for (const { command } of programs) {
      expect(await interrupt(command, "digest huge.whl", huge)).toBe(130)
      expect(await interrupt(command, `verify huge.whl ${ROOT}`, huge)).toBe(130)
    }
  })

  test("load few files for a verification: Node.js pays for each", async () => {
    space.write(
      "trace.mjs",
      `import { registerHooks } from "node:module"
       import { appendFileSync } from "node:fs"
       registerHooks({ load: (url, context, next) => (appendFileSync("loaded.txt", url + "\\n"), next(url, context)) })`,
    )
    const [node] = programs
    const [runtime = "", script = ""] = node?.command ?? []
    const command = [runtime, "--import", space.path("trace.mjs"), script]
    const line = `verify dist/${WHEEL_NAME} ${ROOT}`
    expect(await run(command, line.split(" "))).toMatchObject({ status: 0 })
    const loaded = readFileSync(space.path("loaded.txt"), "utf8").split("\n")
    const files = loaded.filter((url) => url.endsWith(".cjs")).map((url) => path.basename(url))
    expect(files.map((file) => file.replace(/-[^-]*\.cjs$/, "")).toSorted()).toEqual([
      "bin.cjs",
      "rolldown-runtime",
      "shell",
      "verify",
    ])
    rmSync(space.path("trace.mjs"))
    rmSync(space.path("loaded.txt"))
  })

  test("run and load nothing from the folder that they are called in", async () => {
    space.write("preloaded.js", 'process.stdout.write("this ran")')
    space.write("bunfig.toml", 'preload = ["./preloaded.js"]\n[run]\npreload = ["./preloaded.js"]')
    space.write(".env", "WHEELPROOF_TRUST_MAX_AGE_DAYS=none\n")
    space.write("package.json", '{ "type": "commonjs", "imports": { "#x": "./preloaded.js" } }')
    space.write("tsconfig.json", '{ "compilerOptions": { "paths": { "*": ["./preloaded.js"] } } }')
    const { status, stdout } = await both("trust show --offline")
    expect(status).toBe(0)
    expect(stdout).toMatch(/^trust root: embedded/)
    for (const name of ["bunfig.toml", ".env", "package.json", "tsconfig.json"]) {
      rmSync(space.path(name))
    }
  })

  test("read standard input", async () => {
    const line = `verify - --name ${WHEEL_NAME} ${ROOT} --provenance pep740.provenance`
    expect(await both(line, WHEEL)).toMatchObject({ status: 0 })
    expect(await both(line, "another file")).toMatchObject({ status: 1 })
  })

  test("seal a file that then verifies offline, and overwrite nothing", async () => {
    for (const { name, command } of programs) {
      const file = `sealed-${name}.jsonl`
      const seal = `seal old.intoto.jsonl --trusted-root trust/trusted_root.json --rekor-url ${server.url}`
      const args = [...seal.split(" "), "--output", file]
      expect(await run(command, args)).toMatchObject({ status: 0, stdout: "" })
      const sealed = readFileSync(space.path(file), "utf8")
      expect(await run(command, args)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("exists already"),
      })
      expect(readFileSync(space.path(file), "utf8")).toBe(sealed)
      const verify = `verify dist/${WHEEL_NAME} ${ROOT} --provenance ${file}`
      expect(await run(command, verify.split(" "))).toMatchObject({ status: 0 })
    }
  })
})
