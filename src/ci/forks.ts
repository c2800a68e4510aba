import { WheelproofError } from "../core/errors.ts"
import { parseJson } from "../core/json.ts"
import { Shape } from "../core/shape.ts"
import type { Files } from "../io/files.ts"
import { type Environment, platformOf } from "./environment.ts"

/** The events of a workflow that may run on what somebody proposes from elsewhere. */
const PROPOSALS: ReadonlySet<string> = new Set([
  "pull_request",
  "pull_request_target",
  "pull_request_review",
  "pull_request_review_comment",
  "workflow_run",
])

/** What an event's payload says of where its changes come from. */
type Origin = "own" | "fork" | "unknown"

/**
 * Refuses to attest what a fork proposes: the name in the attestation would be the repository's, the code somebody else's. Only the event's payload
 * tells, so a pull request whose payload cannot be read is refused too. Throws `ERR_IDENTITY`.
 */
export function refuseForks(environment: Environment, files: Files): void {
  if (platformOf(environment) !== "github") return
  const event = environment["GITHUB_EVENT_NAME"] ?? ""
  if (!PROPOSALS.has(event)) return
  const origin = originOf(environment["GITHUB_EVENT_PATH"], files)
  if (origin === "own") return
  throw new WheelproofError("ERR_IDENTITY", describe(event, origin), {
    hint: "attest when a branch or a tag of the repository itself is pushed, not what is only proposed",
  })
}

function describe(event: string, origin: Exclude<Origin, "own">): string {
  return origin === "fork"
    ? `this is a pull request from a fork (${event}): what it brings cannot be attested in this repository's name`
    : `this is the event ${event}, and its payload does not say whether a fork is behind it`
}

// GitHub's payloads have a megabyte at most, by their documentation 25.
const MAX_PAYLOAD_BYTES = 26_214_400

function originOf(file: string | undefined, files: Files): Origin {
  if (file === undefined || file === "") return "unknown"
  try {
    const json = parseJson(files.read(file, MAX_PAYLOAD_BYTES), "event payload", MAX_PAYLOAD_BYTES)
    return readOrigin(new Shape(json, "event payload"))
  } catch (error) {
    if (error instanceof WheelproofError) return "unknown"
    throw error
  }
}

function readOrigin(payload: Shape): Origin {
  const own = payload.object("repository").string("full_name")
  const run = payload.optionalObject("workflow_run")
  const request = payload.optionalObject("pull_request")
  // The head's repository is null where the fork was deleted meanwhile.
  const head =
    run === undefined
      ? request?.object("head").optionalObject("repo")?.string("full_name")
      : run.optionalObject("head_repository")?.string("full_name")
  if (run === undefined && request === undefined) return "unknown"
  return head === own ? "own" : "fork"
}
