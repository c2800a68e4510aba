import { WheelproofError } from "../core/errors.ts"
import type { BuildContext } from "../formats/build-context.ts"

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The build platform that a process says it runs on. */
export type Platform = "github" | "gitlab" | "circleci"

/** The platform by the variable that each sets; undefined outside all of them. */
export function platformOf(environment: Environment): Platform | undefined {
  if (environment["GITHUB_ACTIONS"] === "true") return "github"
  if (environment["GITLAB_CI"] === "true") return "gitlab"
  return environment["CIRCLECI"] === "true" ? "circleci" : undefined
}

/** What a platform is called. */
export const PLATFORM_NAMES: Readonly<Record<Platform, string>> = {
  github: "GitHub Actions",
  gitlab: "GitLab CI",
  circleci: "CircleCI",
}

/**
 * Refuses a token that is of another job than this process says it runs in: the one or the other was exchanged. The environment never adds
 * to what the token says. Throws `ERR_IDENTITY`.
 */
export function checkEnvironment(context: BuildContext, environment: Environment): void {
  const platform = platformOf(environment)
  if (platform === undefined) return
  if (context.kind !== platform) {
    throw new WheelproofError(
      "ERR_IDENTITY",
      `this runs on ${PLATFORM_NAMES[platform]}, and the identity token is ${describe(context)}`,
      { hint: "use the token of the job itself" },
    )
  }
  for (const [variable, claimed] of Object.entries(expectedVariables(context))) {
    const found = environment[variable]
    if (claimed === undefined || found === undefined || found === "" || found === claimed) continue
    throw new WheelproofError(
      "ERR_IDENTITY",
      `${variable} is ${found}, and the identity token says ${claimed}`,
      {
        hint: "the token is of another job, or a step before this one changed the variable; nothing was signed",
      },
    )
  }
}

function describe(context: BuildContext): string {
  switch (context.kind) {
    case "github":
    case "gitlab":
    case "circleci":
      return `of a job of ${PLATFORM_NAMES[context.kind]}`
    case "person":
      return "a person's"
    case "key":
      return "none"
  }
}

/** What a platform's variables have to say if the job is the one of the token. */
function expectedVariables(context: BuildContext): Readonly<Record<string, string | undefined>> {
  switch (context.kind) {
    case "github":
      return {
        GITHUB_SERVER_URL: context.server,
        GITHUB_REPOSITORY: context.repository,
        GITHUB_REPOSITORY_ID: context.repositoryId,
        GITHUB_REPOSITORY_OWNER_ID: context.ownerId,
        GITHUB_SHA: context.commit,
        GITHUB_REF: context.ref,
        GITHUB_WORKFLOW_REF: context.workflowRef,
        GITHUB_EVENT_NAME: context.trigger,
        GITHUB_RUN_ID: context.runId,
        GITHUB_RUN_ATTEMPT: context.runAttempt,
      }
    case "gitlab":
      return {
        CI_SERVER_URL: context.server,
        CI_PROJECT_PATH: context.project,
        CI_PROJECT_ID: context.projectId,
        CI_COMMIT_SHA: context.commit,
        CI_COMMIT_REF_NAME: context.ref.replace(/^refs\/(?:heads|tags)\//, ""),
        CI_PIPELINE_SOURCE: context.trigger,
        CI_JOB_ID: context.jobId,
      }
    case "circleci":
      return {
        CIRCLE_PROJECT_ID: context.projectId,
        CIRCLE_WORKFLOW_ID: context.workflowId,
      }
    case "person":
    case "key":
      return {}
  }
}
