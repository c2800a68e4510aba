/**
 * Every code this package throws. A code is API: it is added in a minor release and removed in a major one.
 * `docs/cli.md` has the exit code each one ends in; `wheelproof explain CODE` says what to do.
 */
export type ErrorCode =
  | "ERR_USAGE"
  | "ERR_CONFIG"
  | "ERR_INPUT_NOT_FOUND"
  | "ERR_INPUT_UNREADABLE"
  | "ERR_INPUT_MALFORMED"
  | "ERR_INPUT_TOO_LARGE"
  | "ERR_INPUT_UNSUPPORTED"
  | "ERR_OUTPUT"
  | "ERR_TRUST_ROOT"
  | "ERR_TRUST_ROOT_STALE"
  | "ERR_NETWORK"
  | "ERR_LOG_UNREACHABLE"
  | "ERR_OFFLINE"
  | "ERR_REFUSED"
  | "ERR_COMMAND"
  | "ERR_PROMISE"
  | "ERR_IDENTITY"
  | "ERR_SIGNING"
  | "ERR_INTERRUPTED"
  | "ERR_STOPPED"

/** The one error this package throws: it could not decide. `code` is for programs, `message` and `hint` for people. */
export class WheelproofError extends Error {
  override readonly name = "WheelproofError"
  readonly code: ErrorCode
  /** What to do next, as one sentence or command; absent where there is nothing to do. */
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}

/** Shorthand for the commonest error: bytes that are not what their format says. */
export function malformed(message: string, cause?: unknown): WheelproofError {
  return new WheelproofError("ERR_INPUT_MALFORMED", message, { cause })
}
