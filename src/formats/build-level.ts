import { splitAtRef } from "../core/workflow.ts"
import type { BuildContext, GithubBuild } from "./build-context.ts"

/** What provenance of a build amounts to on SLSA's build track, and why (slsa.dev, "Build track", v1.0 to v1.2). */
export interface BuildLevel {
  readonly level: 1 | 2 | 3
  readonly reason: string
}

/** The build level of what is signed in this context. Never more than the token proves. */
export function buildLevel(context: BuildContext): BuildLevel {
  switch (context.kind) {
    case "github":
      return githubLevel(context)
    case "gitlab":
      return context.runner === "gitlab-hosted"
        ? {
            level: 2,
            reason:
              "signed in a job of the project's own pipeline on GitLab's machine: its steps could reach the identity token",
          }
        : selfHosted(context.runner)
    case "circleci":
      return {
        level: 1,
        reason:
          "CircleCI's token does not say whose machine the job ran on, and the job's steps could reach it",
      }
    case "person":
      return {
        level: 1,
        reason:
          "signed by a person: it is proved who vouches for the files, and nobody else says how they were built",
      }
    case "key":
      return {
        level: 1,
        reason:
          "signed with a key of your own: whoever trusts the key trusts its holder for everything, the time of signing included",
      }
  }
}

function selfHosted(runner: string): BuildLevel {
  return {
    level: 1,
    reason: `the job ran on a ${runner} runner: only its owner knows what happened on it`,
  }
}

function githubLevel({ jobWorkflowRef, workflowRef, runner }: GithubBuild): BuildLevel {
  if (runner !== "github-hosted") return selfHosted(runner)
  const signer = splitAtRef(jobWorkflowRef)
  if (signer.name === splitAtRef(workflowRef).name) {
    return {
      level: 2,
      reason:
        "signed in a job of the project's own workflow: its steps could reach the identity token; sign in a reusable workflow that is pinned by its commit for level 3",
    }
  }
  if (!isCommit(signer.ref)) {
    return {
      level: 2,
      reason: `signed in the reusable workflow ${signer.name}, but ${signer.ref ?? "its ref"} can be moved; pin it by its commit for level 3`,
    }
  }
  return {
    level: 3,
    reason: `signed in the reusable workflow ${signer.name}, pinned by its commit: the project's own steps cannot reach the identity token, as long as that workflow's signing job runs none of them`,
  }
}

function isCommit(ref: string | undefined): boolean {
  return ref !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)
}
