/** The targets of a Sigstore TUF repository that are fetched (sigstore/root-signing, "targets"). */
export const TRUSTED_ROOT = "trusted_root.json"

/** The signing configs, by the major version of the Rekor API that each is for. Repositories need not have them. */
export const SIGNING_CONFIGS: Readonly<Record<1 | 2, string>> = {
  1: "signing_config.v0.2.json",
  2: "signing_config_rekor_v2.v0.2.json",
}
