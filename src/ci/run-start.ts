import type { Files } from "../io/files.ts"
import { type Environment, platformOf } from "./environment.ts"

/** When the run began, as far as the platform tells, and how it is known. It only guards against mistakes: nobody signed it. */
export function runStart(
  environment: Environment,
  files: Files,
): { readonly time: number; readonly source: string } | undefined {
  switch (platformOf(environment)) {
    case "github": {
      // The runner writes the event's payload as it begins the job.
      const time = files.modifiedAt(environment["GITHUB_EVENT_PATH"] ?? "")
      return time === undefined ? undefined : { time, source: "this job began" }
    }
    case "gitlab": {
      // Artifacts keep their times between the jobs of a pipeline.
      const time = Date.parse(environment["CI_PIPELINE_CREATED_AT"] ?? "")
      return Number.isNaN(time) ? undefined : { time, source: "this pipeline began" }
    }
    case "circleci":
    case undefined:
      return undefined
  }
}
