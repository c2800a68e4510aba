import { beforeEach, describe, expect, test } from "vitest"

import { EMAIL_IDENTITY, GITHUB_IDENTITY } from "../../../src/world/sigstore/identities.ts"
import type { AttestationJson } from "../../../src/world/sigstore/wire.ts"
import type { PayloadOptions } from "../../../src/world/sigstore/sign.ts"
import {
  publishStatement,
  slsaV1Statement,
  subjectOf,
} from "../../../src/world/sigstore/statements.ts"
import { createWorld } from "../../../src/world/world.ts"
import { WHEEL_NAME, wheelBytes } from "../../support/archives.ts"
import { createTestIndex, GITLAB, NOW, publisherToken, refusal, type TestIndex } from "./support.ts"

const content = wheelBytes()
const subject = subjectOf(WHEEL_NAME, content)
const PUBLISH = "https://docs.pypi.org/attestations/publish/v1"

let index: TestIndex
let token: string
beforeEach(async () => {
  index = createTestIndex()
  token = await publisherToken(index)
})

const publish = (
  statement: object = publishStatement(subject),
  options?: PayloadOptions,
): AttestationJson => index.world.signAttestation(statement, options)
const provenance = (): AttestationJson => publish(slsaV1Statement([subject]))

/** What an upload with these attestations is answered with, without what all such answers begin with. */
async function upload(attestations: unknown, secret = token): Promise<string> {
  const text = typeof attestations === "string" ? attestations : JSON.stringify(attestations)
  const answer = await refusal(
    index.upload({ token: secret, content, fields: { attestations: text } }),
  )
  return answer.replace("400 Invalid attestations supplied during upload: ", "")
}

const failed = (finding: string): string =>
  `Could not verify the uploaded artifact using the included attestation: Verification failed: ${finding}`
const unknown = (finding: string): string =>
  `Unknown error while trying to verify included attestations: ${finding}`

describe("attestations that hold", () => {
  test("are served as a provenance object with the publisher", async () => {
    const attestations = [publish(), provenance()]
    expect(await upload(attestations)).toBe("200 ")
    const answer = await index.get(`/integrity/rocket/1.0.0/${WHEEL_NAME}/provenance`)
    expect(await answer.json()).toEqual({
      version: 1,
      attestation_bundles: [
        {
          publisher: {
            kind: "GitHub",
            repository: "acme/rocket",
            workflow: "release.yml",
            environment: null,
          },
          attestations,
        },
      ],
    })
  })

  test("lose what PyPI has no place for", async () => {
    const attestation = publish(publishStatement(subject), { timestamps: 1 })
    expect(attestation.verification_material?.timestamps).toHaveLength(1)
    expect(await upload([{ ...attestation, note: "x" }])).toBe("200 ")
    const stored = JSON.stringify(index.state)
    expect(stored).toContain(attestation.envelope.signature)
    expect(stored).not.toContain("timestamps")
    expect(stored).not.toContain('"note"')
  })

  test("may name the file in another spelling", async () => {
    const other = publishStatement({ ...subject, name: "ROCKET-1.0-py3-none-any.whl" })
    expect(await upload([publish(other)])).toBe("200 ")
  })

  test("are not looked at while PyPI does not", async () => {
    index.flags.attestationsDisabled = true
    expect(await upload("nonsense")).toBe("200 ")
    expect(index.state.projects["rocket"]?.releases[0]?.files[0]?.provenance).toBeUndefined()
  })

  test("may be of a workflow that is named at its commit", async () => {
    const commit = GITHUB_IDENTITY.sourceCommit
    const buildConfigUri = `https://github.com/acme/rocket/.github/workflows/release.yml@${commit}`
    const identity = { ...GITHUB_IDENTITY, buildConfigUri }
    expect(await upload([publish(undefined, { issue: { identity } })])).toBe("200 ")
  })
})

describe("who may send them", () => {
  test("not a user", async () => {
    const secret = index.addUser("ann")
    index.addProject("rocket", ["ann"])
    expect(await upload([publish()], secret)).toBe(
      "Attestations are only supported when using Trusted Publishing",
    )
  })

  test("not a publisher that cannot be named in them", async () => {
    index.state.publishers.splice(0)
    const registered = index.addPublisher(
      { kind: "ActiveState", organization: "acme", project: "rocket", actorId: "9" },
      ["rocket"],
    )
    index.state.tokens.push({ token: "own", bearer: { kind: "publisher", id: registered.id } })
    expect(await upload([publish()], "own")).toBe(
      "Attestations are not currently supported with ActiveState publishers",
    )
  })
})

describe("what is no list of attestations", () => {
  test.each<[string, (whole: AttestationJson) => unknown]>([
    ["no JSON", () => "nonsense"],
    ["no list", (whole) => whole],
    ["a bundle", () => [{ mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json" }]],
    ["another version", (whole) => [{ ...whole, version: 2 }]],
    ["no envelope", (whole) => [{ ...whole, envelope: undefined }]],
    ["no material", (whole) => [{ ...whole, verification_material: undefined }]],
    [
      "a signature that is no base64",
      (whole) => [{ ...whole, envelope: { ...whole.envelope, signature: "?" } }],
    ],
    [
      "no log entry",
      (whole) => [
        {
          ...whole,
          verification_material: { ...whole.verification_material, transparency_entries: [] },
        },
      ],
    ],
    ["a member twice", (whole) => `[{"version":1,${JSON.stringify(whole).slice(1)}]`],
  ])("%s", async (_, change) => {
    expect(await upload(change(publish()))).toMatch(/^Malformed attestations: /)
  })

  test("an empty one, and one of three", async () => {
    expect(await upload([])).toBe(
      "Malformed attestations: an empty attestation set is not permitted",
    )
    expect(await upload([publish(), provenance(), publish()])).toBe(
      "A maximum of 2 attestations per file are supported",
    )
  })

  test("two of one type", async () => {
    expect(await upload([publish(), publish()])).toBe(
      `Multiple attestations for the same file with the same predicate type (${PUBLISH}) are not supported`,
    )
  })
})

describe("the statement", () => {
  const other = subjectOf("rocket-2.0.0-py3-none-any.whl", content)
  test.each<[string, object, string]>([
    [
      "of two subjects",
      { ...publishStatement(subject), subject: [subject, other] },
      "too many subjects in statement (must be exactly one)",
    ],
    [
      "of none",
      { ...publishStatement(subject), subject: [] },
      "too many subjects in statement (must be exactly one)",
    ],
    [
      "about another version",
      publishStatement(other),
      `subject does not match distribution name: rocket-2.0.0-py3-none-any.whl != ${WHEEL_NAME}`,
    ],
    [
      "about an sdist",
      publishStatement({ ...subject, name: "rocket-1.0.0.tar.gz" }),
      `subject does not match distribution name: rocket-1.0.0.tar.gz != ${WHEEL_NAME}`,
    ],
    [
      "about other bytes",
      publishStatement(subjectOf(WHEEL_NAME, Buffer.from("x"))),
      "subject does not match distribution digest",
    ],
    [
      "without a digest that counts",
      publishStatement({ name: WHEEL_NAME, digest: { sha512: "0".repeat(128) } }),
      "subject does not match distribution digest",
    ],
    [
      "without a name",
      { ...publishStatement(subject), subject: [{ digest: subject.digest }] },
      "invalid subject: missing name",
    ],
    [
      "about no distribution",
      publishStatement({ ...subject, name: "rocket.txt" }),
      "invalid subject: rocket.txt is neither a wheel (.whl) nor an sdist (.tar.gz, .zip)",
    ],
    [
      "of another type",
      { ...publishStatement(subject), predicateType: "https://slsa.dev/provenance/v0.2" },
      "unknown attestation type: https://slsa.dev/provenance/v0.2",
    ],
    [
      "of an older version",
      { ...publishStatement(subject), _type: "https://in-toto.io/Statement/v0.1" },
      "invalid statement: _type is https://in-toto.io/Statement/v0.1",
    ],
  ])("%s", async (_, statement, expected) => {
    expect(await upload([publish(statement)])).toBe(failed(expected))
  })
})

describe("the signer", () => {
  const repository = "https://github.com/acme/other"
  const config = "https://github.com/acme/rocket/.github/workflows/release.yml"
  test.each<[string, Partial<Record<keyof typeof GITHUB_IDENTITY, string | undefined>>, string]>([
    [
      "another repository",
      { sourceRepository: repository },
      `Certificate's OIDCSourceRepositoryURI does not match (got '${repository}', expected 'https://github.com/acme/rocket')`,
    ],
    [
      "the repository in another case",
      { sourceRepository: "https://github.com/Acme/rocket" },
      "Certificate's OIDCSourceRepositoryURI does not match (got 'https://github.com/Acme/rocket', expected 'https://github.com/acme/rocket')",
    ],
    [
      "another workflow",
      { buildConfigUri: `${config.replace("release", "test")}@refs/tags/v1.0.0` },
      `Certificate's Build Config URI (${config.replace("release", "test")}@refs/tags/v1.0.0) does not match expected Trusted Publisher (release.yml @ acme/rocket)`,
    ],
    [
      "the workflow at another ref",
      { buildConfigUri: `${config}@refs/heads/main` },
      `Certificate's Build Config URI (${config}@refs/heads/main) does not match expected Trusted Publisher (release.yml @ acme/rocket)`,
    ],
    [
      "neither ref nor commit",
      { sourceRef: undefined, sourceCommit: undefined },
      "Certificate must contain either Source Repository Digest or Source Repository Ref",
    ],
    [
      "another issuer",
      { issuer: "https://gitlab.com" },
      "Certificate's OIDCIssuerV2 does not match (got 'https://gitlab.com', expected 'https://token.actions.githubusercontent.com')",
    ],
    [
      "no repository",
      { sourceRepository: undefined },
      "Certificate does not contain OIDCSourceRepositoryURI (1.3.6.1.4.1.57264.1.12) extension",
    ],
  ])("%s", async (_, changes, expected) => {
    const identity = JSON.parse(JSON.stringify({ ...GITHUB_IDENTITY, ...changes }))
    expect(await upload([publish(undefined, { issue: { identity } })])).toBe(failed(expected))
  })

  test("a person", async () => {
    const answer = await upload([publish(undefined, { issue: { identity: EMAIL_IDENTITY } })])
    expect(answer).toContain("Verification failed: Certificate's OIDCIssuerV2 does not match")
  })

  test("GitLab's publisher needs commit and ref, and an exact path", async () => {
    const publisher = {
      kind: "GitLab",
      project: "acme/tools/rocket",
      workflowFile: ".gitlab-ci.yml",
    } as const
    const secret = await publisherToken(index, publisher, {
      iss: GITLAB,
      sub: "project_path:acme/tools/rocket:x",
      project_path: "acme/tools/rocket",
      ci_config_ref_uri: "gitlab.com/acme/tools/rocket//.gitlab-ci.yml@refs/tags/v1",
      ref_path: "refs/tags/v1",
    })
    const repositoryUrl = "https://gitlab.com/acme/tools/rocket"
    const identity = {
      san: { kind: "uri", value: `${repositoryUrl}//.gitlab-ci.yml@refs/tags/v1` },
      issuer: GITLAB,
      sourceRepository: repositoryUrl,
      sourceCommit: "a".repeat(40),
      sourceRef: "refs/tags/v1",
      buildConfigUri: `${repositoryUrl}//.gitlab-ci.yml@refs/tags/v1`,
    } as const
    const { sourceRef: _, ...withoutRef } = identity
    const answer = await upload([publish(undefined, { issue: { identity: withoutRef } })], secret)
    expect(answer).toBe(
      failed("Certificate must contain either Source Repository Digest or Source Repository Ref"),
    )
    expect(await upload([publish(undefined, { issue: { identity } })], secret)).toBe("200 ")
    expect(JSON.stringify(index.state)).toContain('"workflow_filepath":".gitlab-ci.yml"')
  })

  test("Google's publisher is an address", async () => {
    const publisher = { kind: "Google", email: "robot@acme.example" } as const
    const secret = await publisherToken(index, publisher, {
      iss: "https://accounts.google.com",
      email: "robot@acme.example",
      email_verified: true,
    })
    expect(
      await upload([publish(undefined, { issue: { identity: EMAIL_IDENTITY } })], secret),
    ).toBe(
      failed(
        "Certificate's SANs do not match robot@acme.example; actual SANs: {'maintainer@acme.example'}",
      ),
    )
    const identity = {
      ...EMAIL_IDENTITY,
      san: { kind: "email", value: "robot@acme.example" },
    } as const
    expect(await upload([publish(undefined, { issue: { identity } })], secret)).toBe("200 ")
  })
})

describe("signature, certificate and log", () => {
  test.each<[string, (whole: AttestationJson) => AttestationJson, RegExp]>([
    [
      "a certificate that is none",
      (whole) => {
        const copy = structuredClone(whole)
        if (copy.verification_material) copy.verification_material.certificate = "AAAA"
        return copy
      },
      /^Could not verify|^Unknown error/,
    ],
    [
      "a log entry that is none",
      (whole) => {
        const copy = structuredClone(whole)
        Reflect.deleteProperty(copy.verification_material?.transparency_entries[0] ?? {}, "logId")
        return copy
      },
      /^Unknown error .*: invalid transparency log entry$/,
    ],
    [
      "no inclusion proof",
      (whole) => {
        const copy = structuredClone(whole)
        delete copy.verification_material?.transparency_entries[0]?.inclusionProof
        return copy
      },
      /^Unknown error .*: invalid transparency log entry$/,
    ],
    [
      "no checkpoint",
      (whole) => {
        const copy = structuredClone(whole)
        delete copy.verification_material?.transparency_entries[0]?.inclusionProof?.checkpoint
        return copy
      },
      /^Unknown error .*: invalid transparency log entry$/,
    ],
    [
      "no promise",
      (whole) => {
        const copy = structuredClone(whole)
        delete copy.verification_material?.transparency_entries[0]?.inclusionPromise
        return copy
      },
      /^Unknown error .*: bundle must contain an inclusion promise or signed timestamp\(s\)$/,
    ],
    [
      "a changed statement",
      (whole) => {
        const statement = JSON.stringify(publishStatement(subject), null, 1)
        return {
          ...whole,
          envelope: { ...whole.envelope, statement: Buffer.from(statement).toString("base64") },
        }
      },
      /^Could not verify .*Verification failed: expected .*signature/,
    ],
    [
      "somebody else's log entry",
      (whole) => {
        const copy = structuredClone(whole)
        const other = publish().verification_material
        if (copy.verification_material && other) {
          copy.verification_material.transparency_entries = other.transparency_entries
        }
        return copy
      },
      /^Could not verify /,
    ],
  ])("%s", async (_, change, expected) => {
    const answer = await upload([change(publish())])
    expect(answer).toMatch(expected)
    expect(index.state.projects["rocket"]?.releases).toEqual([])
  })

  test("another kind of entry, and Rekor v2, are refused", async () => {
    expect(await upload([publish(undefined, { entries: ["intoto/0.0.2"] })])).toBe(
      failed("Integrated time only supported for dsse/hashedrekord 0.0.1 types"),
    )
    expect(
      await upload([publish(undefined, { entries: ["hashedrekord/0.0.2"], timestamps: 1 })]),
    ).toBe(unknown("bundle must contain an inclusion promise or signed timestamp(s)"))
  })

  test("only the first entry counts, and all are kept", async () => {
    const whole = publish()
    const other = publish().verification_material?.transparency_entries ?? []
    whole.verification_material?.transparency_entries.push(...other)
    expect(await upload([whole])).toBe("200 ")
    expect(JSON.stringify(index.state)).toContain(other[0]?.canonicalizedBody)
  })

  test("another Sigstore", async () => {
    const stranger = createWorld({ now: NOW })
    const answer = await upload([stranger.signAttestation(publishStatement(subject))])
    expect(answer).toMatch(/^Could not verify .*Verification failed: expected /)
  })
})
