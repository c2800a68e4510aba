import type { ErrorCode } from "../core/errors.ts"

/** The words around one error code. */
export interface ErrorText {
  readonly means: string
  readonly next: string
}

/** What every error code means and what to do: `wheelproof explain`, SARIF rules and docs/cli.md. */
export const ERROR_TEXTS: Readonly<Record<ErrorCode, ErrorText>> = {
  ERR_USAGE: {
    means: "the command line is not one that wheelproof knows",
    next: "read `wheelproof COMMAND --help`",
  },
  ERR_CONFIG: {
    means: "a setting has a value that cannot be used",
    next: "correct the setting that the message names",
  },
  ERR_INPUT_NOT_FOUND: {
    means: "a file that the command line names is not there",
    next: "check the path; a pattern must match at least one file",
  },
  ERR_INPUT_UNREADABLE: {
    means: "a file is there and cannot be read",
    next: "check its permissions, and that it is a file",
  },
  ERR_INPUT_MALFORMED: {
    means: "a file is not what its format says",
    next: "fetch it again from its publisher; if it stays the same, report it to them",
  },
  ERR_INPUT_TOO_LARGE: {
    means: "a file or one of its parts is over the limit that wheelproof reads",
    next: "no genuine evidence is that large; check that this is the file you mean",
  },
  ERR_INPUT_UNSUPPORTED: {
    means: "a file has a form that wheelproof does not know",
    next: "update wheelproof; the message names the tool for other kinds of evidence",
  },
  ERR_OUTPUT: {
    means: "the output could not be written",
    next: "choose another path, or --force to replace a file",
  },
  ERR_TRUST_ROOT: {
    means: "the trust root that was given cannot be used",
    next: "check the file of --trusted-root; `wheelproof trust show` says what is in use",
  },
  ERR_TRUST_ROOT_STALE: {
    means: "the trust root is older than allowed and could not be refreshed",
    next: "run `wheelproof trust refresh` with a network, or verify with --offline to accept its age",
  },
  ERR_NETWORK: {
    means: "a service could not be reached or answered with an error",
    next: "try again; with sealed evidence, --offline needs no service at all",
  },
  ERR_LOG_UNREACHABLE: {
    means: "the evidence carries no log entry, and the transparency log could not be asked",
    next: "try again, or run `wheelproof seal` on the evidence once while online",
  },
  ERR_OFFLINE: {
    means: "this needs the network, and --offline forbids it",
    next: "run it once without --offline, or seal the evidence with `wheelproof seal`",
  },
  ERR_REFUSED: {
    means: "a service was asked and said no; asking again will not change it",
    next: "read the service's own words in the message, and change what it objects to",
  },
  ERR_COMMAND: {
    means: "another program that is needed is not there, or failed",
    next: "read the end of what it wrote, in the message; install it if it is not there",
  },
  ERR_PROMISE: {
    means: "a step of a rehearsal ended, and not as it has to",
    next: "run it again with --keep and look at the files; if it stays so, report it: this must not happen",
  },
  ERR_IDENTITY: {
    means: "there is no identity to sign with, or it is not one that may sign this",
    next: "correct what the message names: the job's permissions, the event it runs on, or the token; nothing was signed or written",
  },
  ERR_SIGNING: {
    means: "a signing service refused, or answered with something that does not hold",
    next: "run it again: what is finished is kept; if it stays the same, tell the operator of the service. Nothing was written",
  },
  ERR_INTERRUPTED: {
    means: "the run was interrupted before it had a result",
    next: "run it again",
  },
  ERR_STOPPED: {
    means: "a process of the run was stopped from outside, such as for want of memory",
    next: "run it again with `--concurrency 1`, which needs less memory",
  },
}
