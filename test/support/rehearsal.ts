import { createHash } from "node:crypto"

import type { ChainLink, MadeFile, Rehearsal } from "../../src/app/rehearse/report.ts"

const COMMIT = "9f1c2b7d6a5e4f30817263544536271809abcdef"
const REPOSITORY = "https://github.com/wheelproof-examples/examples"
const IDENTITY = `${REPOSITORY}/.github/workflows/release.yml@refs/tags/v1.0.0`
const MORSE = "wheelproof_example_morse-1.0.0-py3-none-any.whl"
const CRC = "wheelproof_example_crc-1.0.0-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl"

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex")
}

function words(line: string): readonly string[] {
  return line.split(" ")
}

function made(path: string, bytes: number): MadeFile {
  return { path, bytes, sha256: hash(path) }
}

function lane(file: string): readonly ChainLink[] {
  const sha256 = hash(`dist/${file}`)
  return [
    {
      id: "wheel",
      title: file,
      holds: "the build wrote this file; its digest is taken at once",
      sha256,
      claims: [{ label: "size", value: "2.6 kB", by: "measured here" }],
    },
    {
      id: "provenance",
      title: "SLSA provenance v1",
      holds: "the statement's subject is this digest, and its signature is the certificate's key's",
      sha256,
      claims: [
        {
          label: "build type",
          value: "https://actions.github.io/buildtypes/workflow/v1",
          by: "statement alone",
        },
        { label: "commit", value: COMMIT, by: "certificate and statement" },
        { label: "trigger", value: "push", by: "certificate and statement" },
      ],
    },
    {
      id: "log",
      title: "Entry 3 of the transparency log",
      holds: "the log's entry is rebuilt from this envelope and this certificate, and is the same",
      claims: [
        { label: "log", value: "http://127.0.0.1:40123", by: "transparency log" },
        { label: "time", value: "2026-11-29T01:47:12Z", by: "transparency log" },
      ],
    },
    {
      id: "installed",
      title: "Installed and imported",
      holds: "pip was given this file and its digest, and nothing else",
      sha256,
      claims: [
        {
          label: "files",
          value: "5 of 5 have the digest that the wheel's RECORD lists",
          by: "measured here",
        },
      ],
    },
  ]
}

/** A rehearsal that came out as promised, the same at each call. */
export function fixedRehearsal(): Rehearsal {
  return {
    startedAt: Date.UTC(2026, 10, 29, 1, 47, 3),
    milliseconds: 31_240,
    projects: [
      { name: "wheelproof-example-morse", version: "1.0.0" },
      { name: "wheelproof-example-crc", version: "1.0.0" },
    ],
    steps: [
      {
        id: "services",
        actor: "stage",
        title: "start Sigstore, an index and GitHub on this machine",
        outcome: "passed",
        start: 0,
        milliseconds: 412,
        commands: [],
        files: [made("trust/trusted_root.json", 6120)],
        facts: [{ label: "index", value: "http://127.0.0.1:40124/simple/" }],
        reasons: [],
      },
      {
        id: "build",
        actor: "maintainer",
        title: "build two sdists and two wheels",
        outcome: "passed",
        start: 412,
        milliseconds: 18_300,
        commands: [
          words("wheelproof build examples/morse"),
          words("wheelproof build examples/crc"),
        ],
        files: [
          made(`dist/${MORSE}`, 2614),
          made(`dist/${CRC}`, 11_032),
          made("dist/wheelproof_example_morse-1.0.0.tar.gz", 1810),
        ],
        facts: [],
        reasons: [],
      },
      {
        id: "verify",
        actor: "user",
        title: "verify the wheels",
        outcome: "passed",
        start: 24_000,
        milliseconds: 41,
        commands: [
          words(
            `wheelproof verify ${MORSE} --source github.com/wheelproof-examples/examples --source-tag v1.0.0 --trusted-root trusted_root.json --offline`,
          ),
        ],
        files: [],
        facts: [{ label: "verified", value: "2 of 2" }],
        reasons: [],
      },
      {
        id: "swapped-wheel",
        actor: "attacker",
        title: "the index serves another wheel",
        outcome: "passed",
        start: 29_100,
        milliseconds: 1900,
        commands: [],
        files: [made(`attacks/swapped-wheel/${MORSE}`, 2705)],
        facts: [],
        reasons: [],
      },
    ],
    chain: {
      trunk: [
        {
          id: "commit",
          title: "Commit 9f1c2b7d6a5e",
          holds: "tagged v1.0.0 by the maintainer",
          claims: [
            { label: "repository", value: REPOSITORY, by: "certificate and statement" },
            { label: "commit", value: COMMIT, by: "certificate and statement" },
            { label: "ref", value: "refs/tags/v1.0.0", by: "certificate and statement" },
          ],
        },
        {
          id: "certificate",
          title: "Certificate of the run",
          holds:
            "the run's token said which commit, workflow and run it is; the authority checked the token",
          claims: [
            { label: "identity", value: IDENTITY, by: "certificate" },
            {
              label: "issuer",
              value: "https://token.actions.githubusercontent.com",
              by: "certificate",
            },
            { label: "runner", value: "github-hosted", by: "certificate and statement" },
            {
              label: "logged",
              value: "signed certificate timestamp of the certificate log",
              by: "certificate log",
            },
          ],
        },
      ],
      lanes: [
        { file: MORSE, links: lane(MORSE) },
        { file: CRC, links: lane(CRC) },
      ],
    },
    attacks: [
      {
        id: "swapped-wheel",
        title: "A swapped wheel",
        story:
          "The index serves another wheel under the same name, with a line added to a module, and names the new digest on its page. The attestations beside it are the genuine ones.",
        withoutVerifier: "pip downloaded it without a word: the digest on the page fits.",
        commands: [
          words(`pip download --no-deps wheelproof-example-morse==1.0.0`),
          words(
            `wheelproof verify ${MORSE} --provenance ${MORSE}.provenance --source github.com/wheelproof-examples/examples`,
          ),
        ],
        served: hash("evil"),
        genuine: hash(`dist/${MORSE}`),
        refused: true,
        reasons: [
          {
            check: "subject-digest",
            expected: `sha256:${hash(`dist/${MORSE}`)}`,
            found: `sha256:${hash("evil")}`,
            origin: `${MORSE}.provenance, attestation 1`,
          },
        ],
      },
      {
        id: "other-repository",
        title: "Another repository",
        story: "The same wheel, attested for real, by a workflow of the attacker's own repository.",
        withoutVerifier:
          "pip downloaded it without a word. The attestation is genuine: without --source it would verify.",
        commands: [
          words(`wheelproof verify ${MORSE} --source github.com/wheelproof-examples/examples`),
        ],
        served: hash("evil"),
        genuine: hash(`dist/${MORSE}`),
        refused: true,
        reasons: [
          {
            check: "expect-source",
            expected: "github.com/wheelproof-examples/examples",
            found: "github.com/mallory/examples",
          },
        ],
      },
      {
        id: "stripped-attestation",
        title: "A stripped attestation",
        story: "The same wheel, and the index says that there is no provenance.",
        withoutVerifier: "pip downloaded it without a word.",
        commands: [words(`wheelproof verify ${MORSE}`)],
        served: hash("evil"),
        genuine: hash(`dist/${MORSE}`),
        refused: true,
        reasons: [
          {
            check: "evidence-present",
            expected: `an attestation for sha256:${hash("evil")}`,
            found: "none",
          },
        ],
      },
    ],
    notes: [],
  }
}
