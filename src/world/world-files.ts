import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { createFiles } from "../io/files.ts"
import type { LocalWorld } from "./local-world.ts"

/** A variable and the file that it names. */
type FileVariables = Readonly<Record<string, string>>

/**
 * Writes what clients take as files into a folder, and returns the variables that name them: the trusted root, a signing config for
 * each Rekor, both in the one document that sigstore-python takes, and the root that TUF clients begin with.
 */
export function writeWorldFiles(world: LocalWorld, folder: string): FileVariables {
  const files = createFiles()
  const trustedRoot = world.trustedRoot()
  const signingConfig = world.signingConfig(1)
  const documents = {
    WHEELPROOF_TRUSTED_ROOT: ["trusted_root.json", trustedRoot],
    WHEELPROOF_SIGNING_CONFIG: ["signing_config.json", signingConfig],
    WHEELPROOF_SIGNING_CONFIG_REKOR_V2: ["signing_config_rekor_v2.json", world.signingConfig(2)],
    WHEELPROOF_TRUST_CONFIG: [
      "trust_config.json",
      {
        mediaType: "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        trustedRoot,
        signingConfig,
      },
    ],
    WHEELPROOF_TUF_ROOT: ["tuf_root.json", Buffer.from(world.tufRoot).toString("utf8")],
  } as const
  const entries = Object.entries(documents).map(([name, [file, document]]) => {
    const target = path.join(folder, file)
    const text = typeof document === "string" ? document : `${JSON.stringify(document, null, 2)}\n`
    files.write(target, text, true)
    return [name, target] as const
  })
  return Object.fromEntries(entries)
}

/** The variables that point clients at the world's services, as far as they take addresses from their environment. */
export function worldEnvironment({ urls }: LocalWorld): FileVariables {
  return {
    WHEELPROOF_FULCIO_URL: urls.fulcio,
    WHEELPROOF_REKOR_URL: urls.rekor,
    WHEELPROOF_REKOR_V2_URL: urls.rekorV2,
    WHEELPROOF_TSA_URL: `${urls.timestamp}/api/v1/timestamp`,
    WHEELPROOF_TUF_URL: urls.tuf,
    WHEELPROOF_OIDC_URL: urls.oidc,
    GITHUB_API_URL: urls.github,
    PIP_INDEX_URL: `${urls.index}/simple/`,
    UV_DEFAULT_INDEX: `${urls.index}/simple/`,
    TWINE_REPOSITORY_URL: `${urls.index}/legacy/`,
    UV_PUBLISH_URL: `${urls.index}/legacy/`,
  }
}

/** A folder for a world's files: a part of its state, or one that is gone when the world is. */
export function openWorldFolder(state: string | undefined): {
  readonly folder: string
  readonly remove: () => void
} {
  if (state === undefined) {
    const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-world-"))
    return {
      folder,
      remove: () => {
        rmSync(folder, { recursive: true, force: true })
      },
    }
  }
  const folder = path.join(path.resolve(state), "clients")
  mkdirSync(folder, { recursive: true })
  return { folder, remove() {} }
}
