import { expect, test } from "vitest"

import {
  builderOf,
  expectationOf,
  invocationOf,
  sourceOf,
} from "../../src/formats/build-context.ts"
import { CIRCLE, GITHUB, GITLAB, KEY, PERSON } from "../support/builds.ts"

// That certificates really say this is tested where they are issued: test/app/attest.
test("what a certificate has to say", () => {
  expect(expectationOf(GITHUB)).toEqual({
    identity: "https://github.com/acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
    issuer: "https://token.actions.githubusercontent.com",
    sourceRef: "refs/tags/v1.0.0",
    sourceCommit: "4d329c75e7ec1725f7c9ce917a8799d408d06be3",
    repositoryId: "851894824",
    ownerId: "180348046",
    trigger: "push",
  })
  expect(expectationOf(GITLAB)).toMatchObject({
    identity: "https://gitlab.com/acme/rocket//.gitlab-ci.yml@refs/tags/v1.0.0",
    repositoryId: "20",
    ownerId: "72",
  })
  expect(expectationOf(CIRCLE)).toEqual({
    identity: builderOf(CIRCLE),
    issuer: "https://oidc.circleci.com",
    sourceRef: "refs/tags/v1.0.0",
  })
  expect(expectationOf({ ...CIRCLE, ref: undefined })).toEqual({
    identity: builderOf(CIRCLE),
    issuer: "https://oidc.circleci.com",
  })
  expect(expectationOf(PERSON)).toEqual({
    identity: "maintainer@acme.example",
    issuer: "https://accounts.google.com",
  })
  expect(expectationOf(KEY)).toEqual({})
})

test("runs and sources, where there are any", () => {
  expect([GITHUB, GITLAB, CIRCLE, PERSON, KEY].map(invocationOf)).toEqual([
    "https://github.com/acme/rocket/actions/runs/10818226125/attempts/1",
    "https://gitlab.com/acme/rocket/-/jobs/302",
    "https://app.circleci.com//workflow/c8f3bad5-204e-4f6b-8c9d-3e2f104b5c05/job/d904cbe6-315f-407c-9dae-4f30215c6d06",
    undefined,
    undefined,
  ])
  const at = { ref: "refs/tags/v1.0.0", commit: "4d329c75e7ec1725f7c9ce917a8799d408d06be3" }
  expect([GITHUB, GITLAB, CIRCLE, PERSON, KEY].map(sourceOf)).toEqual([
    { repository: "https://github.com/acme/rocket", ...at },
    { repository: "https://gitlab.com/acme/rocket", ...at },
    { repository: "https://github.com/acme/rocket", ref: at.ref, commit: undefined },
    undefined,
    undefined,
  ])
  expect(sourceOf({ ...CIRCLE, repository: undefined })).toBeUndefined()
})
