import { parseBuilderId } from "./builder-id.ts"
import { decided, Refusal, type SlsaFailure } from "./errors.ts"
import type { SlsaCommand } from "./builders.ts"

const GOOGLE_CLOUD_BUILD = "https://cloudbuild.googleapis.com/GoogleHostedWorker"

/** Whether a builder is one whose provenance a command can judge at all: everything here is GitHub's. */
export function checkDispatch(
  command: SlsaCommand,
  builderId: string | undefined,
): SlsaFailure | undefined {
  const outcome = decided(() => {
    if (builderId !== undefined && builderId !== "")
      refuseForeign(command, parseBuilderId(builderId).name)
    return undefined
  })
  return outcome
}

function refuseForeign(command: SlsaCommand, name: string): void {
  if (name === GOOGLE_CLOUD_BUILD) {
    throw new Refusal("ErrorNotSupported", `${command} does not judge Google Cloud Build's images`)
  }
  if (!name.startsWith("https://github.com/")) {
    throw new Refusal(
      "ErrorVerifierNotSupported",
      `${name} is not a GitHub workflow (https://github.com/…)`,
    )
  }
}
