import { deserialize, serialize } from "node:v8"

import { WheelproofError } from "../core/errors.ts"
import { frameMessage, runPart } from "../io/parts.ts"
import type { Report } from "./report.ts"
import type { TargetsRequest, Watch } from "./verify.ts"
import type { PartMessage } from "./verify-in-parts.ts"

function encodeRequest(request: TargetsRequest): string {
  const { rekorUrl, ...rest } = request
  return JSON.stringify(rekorUrl === undefined ? rest : { ...rest, rekorUrl: rekorUrl.href })
}

/** Starts a part with this command line, and hears what it says. Rejects where it does not come to its end. */
export async function startVerifyPart(
  command: readonly [string, ...string[]],
  request: TargetsRequest,
  hear: (message: PartMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  await runPart(
    { command, input: encodeRequest(request) },
    (bytes) => {
      // Parts are this very program, so their messages are as they say.
      const message: PartMessage = deserialize(bytes)
      hear(message)
    },
    signal,
  )
}

/** Runs one part: the request is what {@link startVerifyPart} wrote to its standard input; all that there is to say is written as messages. */
export async function runVerifyPart(
  input: string,
  verify: (request: TargetsRequest, watch: Watch) => Promise<Report>,
  write: (data: Uint8Array) => Promise<void>,
): Promise<void> {
  const written: Promise<void>[] = []
  const say = (message: PartMessage): void => {
    written.push(write(frameMessage(serialize(message))))
  }
  const { rekorUrl, ...rest }: Omit<TargetsRequest, "rekorUrl"> & { readonly rekorUrl?: string } =
    JSON.parse(input)
  const request = rekorUrl === undefined ? rest : { ...rest, rekorUrl: new URL(rekorUrl) }
  const watch = createPartWatch((targets) => say({ kind: "finished", targets }))
  try {
    say({ kind: "report", report: await verify(request, watch) })
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    const { code, message, hint } = error
    say({ kind: "error", code, message, ...(hint === undefined ? {} : { hint }) })
  }
  await Promise.all(written)
}

const NEWS_MS = 50

/** Gathers what is concluded: a message for each of many small files would cost more than the files do. */
function createPartWatch(tell: (targets: readonly string[]) => void): Watch {
  let targets: string[] = []
  let last = performance.now()
  return {
    total: () => undefined,
    finished: (target) => {
      targets.push(target)
      if (performance.now() - last < NEWS_MS) return
      tell(targets)
      targets = []
      last = performance.now()
    },
  }
}
