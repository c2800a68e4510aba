import { X509Certificate } from "node:crypto"

import { describe, expect, test } from "vitest"

import {
  circleCiClaims,
  emailClaims,
  githubClaims,
  gitlabClaims,
} from "../../src/world/oidc/claims.ts"
import { certify, extensionsOf, leafOf, type FulcioSubject } from "./fulcio-support.ts"

/** Registers what Fulcio writes of each provider's tokens (Fulcio, `docs/oid-info.md`). */
export function describeFulcioIdentities(name: string, subject: FulcioSubject): void {
  describe(`${name}: what certificates say`, () => {
    test("of a GitHub job in a reusable workflow and an environment", async () => {
      const claims = githubClaims({
        environment: "publish",
        ref: "refs/tags/create-vite@5.0.0-beta.0",
        job_workflow_ref: "acme/shared/.github/workflows/sign.yml@refs/heads/main",
        job_workflow_sha: "f7dd8c54c2067bafc12ca7a55595d5ee9b75204a",
        run_attempt: "2",
      })
      const leaf = leafOf(await certify(subject, "github", { ...claims }, claims.sub), subject)
      const issuer = subject.issuer("github")
      const url = "https://github.com"
      const signer = `${url}/${claims.job_workflow_ref}`
      expect(extensionsOf(leaf)).toEqual({
        1: issuer,
        2: claims.event_name,
        3: claims.sha,
        4: claims.workflow,
        5: claims.repository,
        6: claims.ref,
        8: issuer,
        9: signer,
        10: claims.job_workflow_sha,
        11: claims.runner_environment,
        12: `${url}/${claims.repository}`,
        13: claims.sha,
        14: claims.ref,
        15: claims.repository_id,
        16: `${url}/${claims.repository_owner}`,
        17: claims.repository_owner_id,
        18: `${url}/${claims.workflow_ref}`,
        19: claims.workflow_sha,
        20: claims.event_name,
        21: `${url}/${claims.repository}/actions/runs/${claims.run_id}/attempts/2`,
        22: claims.repository_visibility,
        23: "publish",
        24: "repo:acme/rocket:environment:publish",
      })
      expect(new X509Certificate(leaf.der).subjectAltName).toBe(`URI:${signer}`)
    })

    test("of a GitHub job without environment and ref: nothing about either", async () => {
      const claims = githubClaims({ ref: "" })
      const leaf = leafOf(await certify(subject, "github", { ...claims }, claims.sub), subject)
      const numbers = Object.keys(extensionsOf(leaf)).map(Number)
      expect(numbers).toEqual([
        1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 24,
      ])
    })

    test("of a GitLab job", async () => {
      const claims = gitlabClaims({ environment: "production" })
      const leaf = leafOf(await certify(subject, "gitlab", { ...claims }, claims.sub), subject)
      const issuer = subject.issuer("gitlab")
      const config = "https://gitlab.com/acme/rocket//.gitlab-ci.yml@refs/tags/v1.0.0"
      expect(extensionsOf(leaf)).toEqual({
        1: issuer,
        8: issuer,
        9: config,
        10: claims.ci_config_sha,
        11: "gitlab-hosted",
        12: "https://gitlab.com/acme/rocket",
        13: claims.sha,
        14: "refs/tags/v1.0.0",
        15: "20",
        16: "https://gitlab.com/acme",
        17: "72",
        18: config,
        19: claims.ci_config_sha,
        20: "push",
        21: "https://gitlab.com/acme/rocket/-/jobs/302",
        22: "public",
        23: "production",
        24: "project_path:acme/rocket:ref_type:tag:ref:v1.0.0",
      })
      expect(new X509Certificate(leaf.der).subjectAltName).toBe(`URI:${config}`)
    })

    test.each([
      [false, '""'],
      [true, "ssh-rerun"],
    ])("of a CircleCI job (run again over SSH: %s)", async (again, runner) => {
      const claims = circleCiClaims({
        project_id: "project",
        pipeline_definition_id: "definition",
        pipeline_id: "pipeline",
        workflow_id: "workflow",
        job_id: "job",
        ssh_rerun: again,
      })
      const sub = String(claims["sub"])
      const leaf = leafOf(await certify(subject, "circleci", claims, sub), subject)
      const issuer = subject.issuer("circleci")
      const api = "https://circleci.com/api/v2"
      const definition = `${api}/projects/project/pipeline-definitions/definition`
      expect(extensionsOf(leaf)).toEqual({
        1: issuer,
        8: issuer,
        9: definition,
        11: runner,
        12: "github.com/acme/rocket",
        14: "refs/tags/v1.0.0",
        18: `${api}/pipeline/pipeline/config`,
        21: "https://app.circleci.com//workflow/workflow/job/job",
        24: sub,
      })
      expect(new X509Certificate(leaf.der).subjectAltName).toBe(`URI:${definition}`)
    })

    test("of a person: the address and the issuer that federated", async () => {
      const claims = emailClaims({ email: "maintainer@acme.example" })
      const leaf = leafOf(await certify(subject, "email", { ...claims }, claims.email), subject)
      expect(extensionsOf(leaf)).toEqual({
        1: "https://accounts.google.com",
        8: "https://accounts.google.com",
        24: claims.sub,
      })
      expect(new X509Certificate(leaf.der).subjectAltName).toBe("email:maintainer@acme.example")
    })
  })
}
