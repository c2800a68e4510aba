/** One environment variable that wheelproof reads. */
export interface EnvironmentVariable {
  readonly name: string
  readonly effect: string
}

/** Every environment variable that wheelproof reads; docs/cli.md is made from it. None of them loosens a check of `verify`. */
export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  { name: "NO_COLOR", effect: "not empty: no colour, unless `--color` says otherwise" },
  {
    name: "FORCE_COLOR",
    effect: "not empty and not `0`: colour also without a terminal; `NO_COLOR` wins",
  },
  { name: "TERM", effect: "`dumb`: no colour and no progress bar" },
  { name: "WHEELPROOF_CACHE", effect: "the folder of the cache, instead of the platform's own" },
  { name: "WHEELPROOF_DEBUG", effect: "`1`: the stack and the causes of an error" },
  {
    name: "SLSA_VERIFIER_TESTING",
    effect:
      "true in Go's spelling: `verify-artifact` and `verify-github-attestation` relax the builder's ref as slsa-verifier does, after a warning; nothing else reads it",
  },
]
