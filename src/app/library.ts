import process from "node:process"

import type { Expectation } from "../core/expectation.ts"
import type { ChecksumLine } from "../formats/checksums.ts"
import type { Inspection } from "./inspect.ts"
import type { Report } from "./report.ts"
import type { TrustRequest } from "./trust-request.ts"
import type { Produced, TrustView, UseCases } from "./use-cases.ts"
import { checkTargets, checkTrustOptions, checkVerifyOptions } from "./library-options.ts"
import { createContext } from "./wire.ts"

/** Where trust comes from, and whom may be asked. */
export interface TrustOptions {
  /** The path of a trusted root file, JSON or JSON Lines; without it the public-good root by TUF, kept in the user's cache folder. */
  readonly trustedRoot?: string
  /** Open no socket at all. Default false. */
  readonly offline?: boolean
  /** The transparency log to look bare envelopes up in, instead of the trusted root's. */
  readonly rekorUrl?: string | URL
  /** For each network request, in milliseconds. Default 20 000. */
  readonly timeoutMs?: number
  /** Ends the run with `ERR_INTERRUPTED`. */
  readonly signal?: AbortSignal
}

/** How to verify. */
export interface VerifyOptions extends TrustOptions {
  /** Files and folders that hold evidence; without any, the files that stand beside each target are used. */
  readonly provenance?: readonly string[]
  /** What the evidence has to say. What is absent is not compared, and the proof lists it in `notCompared`. */
  readonly expectation?: Expectation
  /** PEM files of managed keys. */
  readonly keys?: readonly string[]
  /** The published file name of the one target, where the target does not show it. */
  readonly name?: string
  /** Called once the number of targets is known. */
  readonly onTotal?: (count: number) => void
  /** Called as each target is concluded. */
  readonly onFinished?: (target: string) => void
}

/**
 * Verifies where files came from: the same as `wheelproof verify`. `targets` are paths, patterns, folders, `sha256:HEX`, or `-` for
 * standard input.
 *
 * A rejection is a value, not an error; so is `undecided`, and neither is a pass. Ask {@link isVerified} about the report rather than
 * looking for what failed: an empty report has no failures. Throws {@link WheelproofError} where the run as a whole could not be made:
 * usage, configuration, a trust root that cannot be used.
 */
export async function verify(
  targets: string | readonly string[],
  options: VerifyOptions = {},
): Promise<Report> {
  checkTargets(targets)
  checkVerifyOptions(options)
  const { provenance = [], expectation = {}, keys = [], name } = options
  return useCases(options).verify(
    {
      ...trustRequest(options),
      targets: typeof targets === "string" ? [targets] : targets,
      provenance,
      expectation,
      keys,
      ...(name === undefined ? {} : { name }),
    },
    {
      total: (count) => options.onTotal?.(count),
      finished: (target) => options.onFinished?.(target),
    },
  )
}

/** Describes any evidence file without verifying it: `sections` for people, `json` for programs. Throws {@link WheelproofError}. */
export async function inspect(file: string): Promise<Inspection> {
  checkTargets(file)
  return useCases({}).inspect(file)
}

/**
 * Turns an attestation that needs a log look-up into self-contained Sigstore bundles, one a line in `content`, each of which was
 * verified again from its own bytes. Writes nothing. Throws {@link WheelproofError}.
 */
export async function seal(file: string, options: TrustOptions = {}): Promise<Produced> {
  checkTargets(file)
  checkTrustOptions(options)
  return useCases(options).seal({ ...trustRequest(options), file, force: false })
}

/** The name and SHA-256 of each file, pattern and folder, as `sha256sum` would list them. Throws {@link WheelproofError}. */
export async function digest(targets: readonly string[]): Promise<readonly ChecksumLine[]> {
  checkTargets(targets)
  return useCases({}).digest({ files: targets, merge: false })
}

/** The trust root that {@link verify} would use, its version and its age. Throws {@link WheelproofError}. */
export async function showTrust(options: TrustOptions = {}): Promise<TrustView> {
  checkTrustOptions(options)
  return useCases(options).trust.show(trustRequest(options))
}

function useCases({ signal = new AbortController().signal }: TrustOptions): UseCases {
  return createContext({ environment: process.env, signal })
}

function trustRequest({
  trustedRoot,
  offline = false,
  rekorUrl,
  timeoutMs,
}: TrustOptions): TrustRequest {
  return {
    offline,
    ...(trustedRoot === undefined ? {} : { trustedRoot }),
    ...(rekorUrl === undefined ? {} : { rekorUrl: new URL(rekorUrl) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}
