import { expect, test } from "vitest"

import { COMMANDS } from "../../src/cli/table.ts"
import { run, transcript } from "./support.ts"

test("verify --help", async () => {
  expect(await transcript("verify --help")).toMatchInlineSnapshot(`
    "$ wheelproof verify --help
    exit 0
    usage: wheelproof verify WHAT... [FLAGS]

    Verifies who built each file, from what, and that it was not changed since. Evidence is looked
    for beside each file, or is named with --provenance.

    Every expectation that is given is compared exactly. What is not given is not compared, and the
    result says so: without --source anybody's genuine build verifies.

    arguments:
      WHAT...  files, patterns, folders, sha256:HEX, or - for standard input

    what to verify:
      --provenance FILE|FOLDER  evidence to use; without it, evidence is looked for beside each
                                file; may be repeated
      --name NAME               the published file name, where the target's own is another
      --key FILE                a publisher's public key (PEM), for evidence without a certificate;
                                may be repeated

    expectations:
      --source REPOSITORY         source repository: github.com/owner/name, or its address
      --source-tag TAG            source tag; the same as --source-ref refs/tags/TAG
      --source-ref REF            full source ref, such as refs/heads/main
      --source-commit COMMIT      full source commit, 40 or 64 hex digits
      --workflow FILE             top-level workflow: its file name, or its path in the repository
      --builder URI               builder; without @REF every ref of it
      --identity NAME             the certificate's subject alternative name, whole
      --issuer URL                the identity provider that the certificate names
      --repository-id ID          numeric id of the source repository; survives a rename
      --owner-id ID               numeric id of the repository's owner
      --trigger EVENT             the event that started the build, such as push or release
      --predicate TYPE            predicate type of the statement
      --deny-self-hosted-runners  reject builds on machines that the publisher runs

    trust:
      --trusted-root FILE  trusted root to use instead of the Sigstore public instance's
      --offline            open no network connection
      --rekor-url URL      transparency log to ask, for evidence that needs a look-up
      --timeout SECONDS    time limit of each network request

    output:
      --format FORMAT  form of the results; one of human, json, jsonl, sarif, github, markdown
      -q, --quiet      say nothing about what was verified; no progress, no notes
      -v, --verbose    say everything that was proved and compared
      --color WHEN     colour in human output; auto means on a terminal; one of auto, always, never
      --concurrency N  files to work on at the same time

    examples:
      # every distribution in a folder, from one tag of one repository
      wheelproof verify dist --provenance multiple.intoto.jsonl --source github.com/owner/name \\
          --source-tag v1.2.3
      # a digest, without the file
      wheelproof verify sha256:HEX --provenance bundle.sigstore.json \\
          --source github.com/owner/name
      # results for code scanning
      wheelproof verify dist --source github.com/owner/name --format sarif > results.sarif

    exit codes:
      0    everything verified
      1    something rejected
      2    usage, configuration or input that cannot be read
      3    undecided: the network, the log or the trust root could not answer
      4    nothing to verify
      130  interrupted
    "
  `)
})

test("verify-artifact --help", async () => {
  expect(await transcript("verify-artifact --help")).toMatchInlineSnapshot(`
    "$ wheelproof verify-artifact --help
    exit 0
    usage: wheelproof verify-artifact ARTIFACT... [FLAGS] --provenance-path FILE --source-uri URI

    Takes slsa-verifier's flags and prints its lines. A usage error or any failure ends in exit code
    1, as there.

    arguments:
      ARTIFACT...  files to verify; the first failure ends the run

    what to verify:
      --provenance-path FILE  the attestation, one for all artifacts; required

    expectations:
      --source-uri URI                expected source repository, such as github.com/owner/name;
                                      required
      --source-branch BRANCH          expected branch
      --source-tag TAG                expected tag
      --source-versioned-tag TAG      expected version, compared by the parts that are given
      --builder-id ID                 expected builder, with or without @REF
      --build-workflow-input KEY=VALUE
                                      expected input of a workflow_dispatch build; may be repeated

    trust:
      --trusted-root FILE  trusted root to use instead of the Sigstore public instance's
      --offline            open no network connection
      --rekor-url URL      transparency log to ask, for evidence that needs a look-up
      --timeout SECONDS    time limit of each network request

    output:
      --print-provenance            print the statement of each artifact that passed
      --provenance-repository NAME  accepted and ignored, as slsa-verifier does

    examples:
      # a wheel by the generic generator's provenance
      wheelproof verify-artifact pkg-1.0-py3-none-any.whl \\
          --provenance-path multiple.intoto.jsonl --source-uri github.com/owner/name \\
          --source-tag v1.0

    exit codes:
      0    every artifact passed
      1    anything else, a usage error too
      130  interrupted
    "
  `)
})

test.each(COMMANDS)("$name has help that is whole, narrow and plain", async ({ name, flags }) => {
  const { exit, stdout, stderr } = await run([name, "--help"])
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" })
  expect(await run(["help", name])).toEqual({ exit, stdout, stderr })
  for (const flag of Object.keys(flags)) expect(stdout).toContain(`--${flag}`)
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(98)
  expect(stdout).not.toContain("\u001B")
})

test.each(COMMANDS.flatMap(({ examples }) => examples))(
  "the example parses: $line",
  async ({ line }) => {
    const words = line
      .replace(/^source <\((.*)\)$/, "$1")
      .replace(/ > .*/, "")
      .split(" ")
    expect(words[0]).toBe("wheelproof")
    // The fakes refuse to be called: getting that far means that the command line was understood.
    const { exit, stderr } = await run(words.slice(1))
    expect(stderr).not.toContain("ERR_USAGE")
    expect(exit === 0 || stderr.includes("not expected to be called")).toBe(true)
  },
)
