import { expect, test } from "vitest"

import { main } from "../../src/cli/main.ts"
import { WheelproofError } from "../../src/core/errors.ts"
import packageJson from "../../package.json" with { type: "json" }
import { fakeTerminal, fakeUseCases, run, transcript, VERIFIED } from "./support.ts"

test("help lists the commands", async () => {
  expect(await transcript("--help")).toMatchInlineSnapshot(`
    "$ wheelproof --help
    exit 0
    wheelproof: know where every wheel came from

    usage: wheelproof COMMAND [FLAGS] [ARGUMENTS]

    verify:
      verify                     verify the provenance of files
      verify-artifact            drop-in for slsa-verifier's command of this name
      verify-github-attestation  drop-in for slsa-verifier's command of this name
      verify-vsa                 drop-in for slsa-verifier's command of this name

    publish:
      build                      build an sdist and wheels, and check every one of them
      attest                     sign where files come from, as PyPI, GitHub and Sigstore take it

    evidence:
      inspect                    show what evidence says, without verifying it
      seal                       make evidence verifiable offline for good
      digest                     digests of files, as provenance generators take them

    trust:
      trust                      show, refresh or export the trust root

    rehearse:
      rehearse                   a whole release and installation, on local services
      world                      a whole supply chain on this machine, for other tools to use

    help:
      explain                    what a check or a code means, and what to do
      completion                 completion script for a shell
      help                       help for a command
      version                    print the version

    example:
      wheelproof verify dist --provenance multiple.intoto.jsonl --source github.com/owner/name \\
          --source-tag v1.2.3

    run \`wheelproof COMMAND --help\` for its flags, examples and exit codes
    "
  `)
  const asked = await run(["--help"])
  for (const argv of [["-h"], ["help"]]) expect(await run(argv)).toEqual(asked)
})

test("a command line without a command has verified nothing", async () => {
  const { exit, stdout, stderr } = await run([])
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" })
  expect(stderr).toBe((await run(["--help"])).stdout)
})

test("the version is the package's", async () => {
  const expected = { exit: 0, stdout: `wheelproof ${packageJson.version}\n`, stderr: "" }
  for (const argv of [["--version"], ["-V"], ["version"]]) expect(await run(argv)).toEqual(expected)
})

test("an unknown command is named, and the near one suggested", async () => {
  expect(await transcript("verfy x")).toMatchInlineSnapshot(`
    "$ wheelproof verfy x
    exit 2
    --- stderr
    error: unknown command \`verfy\`; did you mean \`verify\`? (ERR_USAGE)
    hint: run \`wheelproof --help\`
    "
  `)
  expect(await transcript("frobnicate")).toMatchInlineSnapshot(`
    "$ wheelproof frobnicate
    exit 2
    --- stderr
    error: unknown command \`frobnicate\` (ERR_USAGE)
    hint: run \`wheelproof --help\`
    "
  `)
  expect(await transcript("--offline verify x")).toMatchInlineSnapshot(`
    "$ wheelproof --offline verify x
    exit 2
    --- stderr
    error: \`--offline\` comes before a command; name the command first (ERR_USAGE)
    hint: run \`wheelproof --help\`
    "
  `)
  expect(await transcript("help nonsense")).toMatchInlineSnapshot(`
    "$ wheelproof help nonsense
    exit 2
    --- stderr
    error: unknown command \`nonsense\` (ERR_USAGE)
    hint: run \`wheelproof --help\`
    "
  `)
})

const unreachable = async () => {
  throw new WheelproofError("ERR_NETWORK", "could not reach \u001B[2Jhost", { hint: "try again" })
}

test("an error is undecided, with its hint", async () => {
  expect(await transcript("verify x", { verify: unreachable })).toMatchInlineSnapshot(`
    "$ wheelproof verify x
    exit 3
    --- stderr
    error: could not reach \\u{001b}[2Jhost (ERR_NETWORK)
    hint: try again
    "
  `)
})

const broken = async () => {
  throw new TypeError("x is not a function", { cause: new Error("deeper") })
}

test("an unexpected exception is a bug, undecided, and shows its stack only on request", async () => {
  expect(await transcript("verify x", { verify: broken })).toMatchInlineSnapshot(`
    "$ wheelproof verify x
    exit 3
    --- stderr
    error: TypeError: x is not a function; this is a bug in wheelproof
    hint: report it with the command line; WHEELPROOF_DEBUG=1 shows where it happened
    "
  `)
  const { stderr, exit } = await run(
    ["verify", "x"],
    { verify: broken },
    { environment: { WHEELPROOF_DEBUG: "1" } },
  )
  expect(exit).toBe(3)
  expect(stderr).toMatch(/^debug: TypeError: x is not a function$/m)
  expect(stderr).toMatch(/^debug: Error: deeper$/m)
})

test("an interrupt ends in 130 and prints no result, even if the use case would still answer", async () => {
  const interrupt = new AbortController()
  const verify = async () => {
    interrupt.abort()
    return VERIFIED
  }
  expect(await transcript("verify x", { verify }, { signal: interrupt.signal })).toBe(
    "$ wheelproof verify x\nexit 130\n--- stderr\nerror: interrupted (ERR_INTERRUPTED)\n",
  )
})

test("a result that cannot be written is not success", async () => {
  const { terminal, written } = fakeTerminal()
  const stdout = {
    ...terminal.stdout,
    write: async () => {
      throw new WheelproofError("ERR_OUTPUT", "the result could not be written")
    },
  }
  const exit = await main(["verify", "x"], {
    terminal: { ...terminal, stdout },
    useCases: async () => fakeUseCases({ verify: async () => VERIFIED }),
  })
  expect(exit).toBe(2)
  expect(written.stderr).toBe("error: the result could not be written (ERR_OUTPUT)\n")
})
