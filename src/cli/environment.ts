/** One environment variable that wheelproof reads. */
export interface EnvironmentVariable {
  readonly name: string
  readonly effect: string
}

/** Every environment variable that wheelproof reads; docs/cli.md is made from it. None of them loosens a check of evidence. */
export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  { name: "NO_COLOR", effect: "not empty: no colour, unless `--color` says otherwise" },
  {
    name: "FORCE_COLOR",
    effect: "not empty and not `0`: colour also without a terminal; `NO_COLOR` wins",
  },
  { name: "TERM", effect: "`dumb`: no colour and no progress bar" },
  { name: "WHEELPROOF_CACHE", effect: "the folder of the cache, instead of the platform's own" },
  {
    name: "WHEELPROOF_TRUST_MAX_AGE_DAYS",
    effect:
      "how old a trust root may be that could not be refreshed, before the answer is undecided; 30 days if absent",
  },
  { name: "WHEELPROOF_DEBUG", effect: "`1`: the stack and the causes of an error" },
  {
    name: "SLSA_VERIFIER_TESTING",
    effect:
      "true in Go's spelling: `verify-artifact` and `verify-github-attestation` relax the builder's ref as slsa-verifier does, after a warning; nothing else reads it",
  },
]
