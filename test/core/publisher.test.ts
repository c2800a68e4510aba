import { describe, expect, test } from "vitest"

import type { Identity } from "../../src/core/identity.ts"
import { parsePublicKey } from "../../src/core/keys.ts"
import { GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import { provenance } from "../../src/world/sigstore/sign.ts"
import { managedSigner } from "../../src/world/sigstore/signer.ts"
import { publishStatement } from "../../src/world/sigstore/statements.ts"
import { createWorld } from "../../src/world/world.ts"
import { judge, type Judged, NOW, wheelSubject } from "../support/judge.ts"

const world = createWorld({ now: NOW })
const COMMIT = "4d329c75e7ec1725f7c9ce917a8799d408d06be3"

/** The wheel's provenance object: signed by this identity, and published, so the index says, by this publisher. */
function published(identity: Identity, publisher: Record<string, string | null>): Judged {
  const attestation = world.signAttestation(publishStatement(wheelSubject()), {
    issue: { identity },
  })
  return judge(world, provenance([attestation], publisher))
}

const GITLAB: Identity = {
  san: { kind: "uri", value: "https://gitlab.com/acme/rocket//.gitlab-ci.yml@refs/tags/v1.0.0" },
  issuer: "https://gitlab.com",
  sourceRepository: "https://gitlab.com/acme/rocket",
  sourceRef: "refs/tags/v1.0.0",
  sourceCommit: COMMIT,
  buildConfigUri: "https://gitlab.com/acme/rocket//.gitlab-ci.yml@refs/tags/v1.0.0",
}
const GOOGLE: Identity = {
  san: { kind: "email", value: "builder@acme.iam.gserviceaccount.com" },
  issuer: "https://accounts.google.com",
}
const PIPELINE = "https://circleci.com/api/v2/projects/p-1/pipeline-definitions/d-1"
const CIRCLE: Identity = {
  san: { kind: "uri", value: PIPELINE },
  issuer: "https://oidc.circleci.com",
  buildSignerUri: PIPELINE,
  sourceRepository: "https://github.com/acme/rocket",
  sourceRef: "refs/tags/v1.0.0",
}

interface Kind {
  readonly kind: string
  readonly identity: Identity
  readonly publisher: Record<string, string>
}

const KINDS: readonly Kind[] = [
  {
    kind: "GitHub",
    identity: GITHUB_IDENTITY,
    publisher: { kind: "GitHub", repository: "acme/rocket", workflow: "release.yml" },
  },
  {
    kind: "GitLab",
    identity: GITLAB,
    publisher: {
      kind: "GitLab",
      repository: "acme/rocket",
      workflow_filepath: ".gitlab-ci.yml",
    },
  },
  {
    kind: "Google",
    identity: GOOGLE,
    publisher: { kind: "Google", email: "builder@acme.iam.gserviceaccount.com" },
  },
  {
    kind: "CircleCI",
    identity: CIRCLE,
    publisher: {
      kind: "CircleCI",
      project_id: "p-1",
      pipeline_definition_id: "d-1",
      vcs_origin: "https://github.com/acme/rocket",
      vcs_ref: "refs/tags/v1.0.0",
    },
  },
]

describe.each(KINDS)("a publisher of kind $kind", ({ kind, identity, publisher }) => {
  test("that is the certificate's verifies", () => {
    const { checks, proof } = published(identity, publisher)
    expect(checks).toEqual([])
    expect(proof?.publisher?.kind).toBe(kind)
  })

  test.each(Object.keys(publisher).filter((member) => member !== "kind"))(
    "with another %s is refused",
    (member) => {
      const other = { ...publisher, [member]: `${publisher[member]}x` }
      expect(published(identity, other).checks).toEqual(["publisher-claim"])
    },
  )

  test("whose certificate is from another issuer is refused", () => {
    const elsewhere = { ...identity, issuer: "https://issuer.acme.test" }
    expect(published(elsewhere, publisher).checks).toEqual(["publisher-claim"])
  })
})

test("a workflow at another ref than the build's is refused", () => {
  const { buildConfigUri } = GITHUB_IDENTITY
  const at = (ref: string): Judged =>
    published(
      { ...GITHUB_IDENTITY, buildConfigUri: buildConfigUri.replace(/@.*/, `@${ref}`) },
      KINDS[0]?.publisher ?? {},
    )
  expect(at(COMMIT).checks).toEqual([])
  expect(at("refs/heads/other").checks).toEqual(["publisher-claim"])
})

test("an unknown kind is refused with a certificate, and shown as unproved with a managed key", () => {
  const pulp = { kind: "Pulp User", prn: "prn:core.user:1" }
  expect(published(GITHUB_IDENTITY, pulp).checks).toEqual(["publisher-kind"])
  const signer = managedSigner()
  const key = parsePublicKey(signer.key.publicKey.export({ format: "der", type: "spki" }), "key")
  const attestation = world.signAttestation(publishStatement(wheelSubject()), { signer })
  const { checks, proof } = judge(world, provenance([attestation], pulp), { keys: [key] })
  expect(checks).toEqual([])
  expect(proof?.notes.join("\n")).toContain(
    "publisher of kind Pulp User, of which a managed key proves nothing",
  )
})
