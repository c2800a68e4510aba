import path from "node:path"

import { WheelproofError } from "../core/errors.ts"
import { LIMITS } from "../core/limits.ts"
import { parsePyproject, parseWheelproofToml, type Pyproject } from "../formats/project-file.ts"
import type { Files } from "../io/files.ts"

/** What a project's own files say about its releases. */
export type ProjectFileSettings = Pyproject

/**
 * Reads `[tool.wheelproof]` of pyproject.toml, or wheelproof.toml beside it; one of the two, because nobody could say which one counts.
 * What is declared under `expected` goes to `checkReleaseSet`. Throws `ERR_INPUT_MALFORMED` and `ERR_CONFIG`.
 */
export function readProjectSettings(folder: string, files: Files): ProjectFileSettings {
  const pyproject = readIfThere(path.join(folder, "pyproject.toml"), files)
  const own = readIfThere(path.join(folder, "wheelproof.toml"), files)
  const settings: Pyproject =
    pyproject === undefined ? { hasCibuildwheel: false } : parsePyproject(pyproject)
  const ownSettings = own === undefined ? {} : parseWheelproofToml(own)
  if (settings.expected !== undefined && ownSettings.expected !== undefined) {
    throw new WheelproofError(
      "ERR_CONFIG",
      `${folder} declares the files of a release in pyproject.toml and in wheelproof.toml`,
      { hint: "keep one of the two declarations" },
    )
  }
  return { ...settings, ...ownSettings }
}

function readIfThere(file: string, files: Files): Uint8Array | undefined {
  return files.kind(file) === "file" ? files.read(file, LIMITS.projectFileBytes) : undefined
}
