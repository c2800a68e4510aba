import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import { parseJson } from "../../core/json.ts"
import { Shape } from "../../core/shape.ts"
import type { Files } from "../../io/files.ts"
import { sha256Of } from "./digest-of.ts"
import type { BuiltFile } from "./distributions.ts"
import type { Downloaded } from "./services.ts"

/** What of a wheel is installed, byte for byte. */
export interface InstalledWheel {
  readonly filename: string
  /** Files of the wheel that are installed as they are in it. */
  readonly same: number
  /** The digest that pip says it installed the archive by (PEP 610). */
  readonly archive: string
}

const MAX_DIRECT_URL = 64 * 1024

/**
 * Compares every file of a wheel with what is installed, and the archive's digest with the one that pip has written down. RECORD is pip's own
 * to write, and scripts and data go elsewhere. Throws `ERR_PROMISE` where something differs.
 */
export function checkInstalled(
  wheel: BuiltFile,
  { filename, sha256 }: Downloaded,
  site: string,
  files: Files,
): InstalledWheel {
  const compared = wheel.members.filter(
    ({ kind, name }) => kind === "file" && !/^[^/]+\.(?:data\/|dist-info\/RECORD$)/.test(name),
  )
  for (const member of compared) {
    const installed = path.join(site, member.name)
    if (sha256Of(installed, files) !== member.sha256) {
      throw broken(`${member.name} is not installed as it is in ${filename}`)
    }
  }
  const archive = readArchiveDigest(wheel, site, files)
  if (archive !== sha256) {
    throw broken(`pip installed ${filename} with sha256:${archive}, verified was sha256:${sha256}`)
  }
  return { filename, same: compared.length, archive }
}

function readArchiveDigest({ members }: BuiltFile, site: string, files: Files): string {
  const metadata = members.find(({ name }) => /^[^/]+\.dist-info\/METADATA$/.test(name))?.name ?? ""
  const file = path.join(site, path.dirname(metadata), "direct_url.json")
  const json = parseJson(files.read(file, MAX_DIRECT_URL), "direct_url.json")
  const info = new Shape(json, "direct_url.json").object("archive_info")
  const legacy = info.optionalString("hash")?.replace(/^sha256=/, "")
  return info.optionalObject("hashes")?.optionalString("sha256") ?? legacy ?? "unknown"
}

function broken(message: string): WheelproofError {
  return new WheelproofError("ERR_PROMISE", message)
}
