import { devNull } from "node:os"
import path from "node:path"

/** What a program needs of the machine to run at all; everything else could lead it to other packages, other code or other people's keys. */
const KEPT = ["PATH", "PATHEXT", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "WINDIR", "LANG", "LC_ALL"]

/**
 * The environment of a user of whom nothing is known: no settings of pip, no Python path, no proxies, no credentials, and a home and a
 * folder for temporary files of its own.
 */
export function cleanEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): Readonly<Record<string, string>> {
  const clean: Record<string, string> = {
    HOME: home,
    USERPROFILE: home,
    TMPDIR: path.join(home, "tmp"),
    TEMP: path.join(home, "tmp"),
    TMP: path.join(home, "tmp"),
    // pip reads no file of settings at all if this is the null device (pip, "Configuration").
    PIP_CONFIG_FILE: devNull,
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONNOUSERSITE: "1",
  }
  for (const name of KEPT) {
    const value = environment[name]
    if (value !== undefined) clean[name] = value
  }
  return clean
}
