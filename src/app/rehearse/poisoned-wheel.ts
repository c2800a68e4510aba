import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import { lastWords } from "../../io/command.ts"
import type { BuiltFile } from "./distributions.ts"
import type { RehearseEffects } from "./scene.ts"

/** What the attacker puts into a wheel: Python runs the lines of such a file at every start that begin with `import`. */
export const PAYLOAD = "added_by_an_attacker.pth"

/** The same wheel with one file more, and RECORD made to fit: installers find nothing wrong with it. */
const POISON = `
import base64, hashlib, sys, zipfile

source, target, name = sys.argv[1:]
line = b"import sys  # harmless here; an attacker's would not be\\n"
digest = base64.urlsafe_b64encode(hashlib.sha256(line).digest()).rstrip(b"=").decode()
with zipfile.ZipFile(source) as wheel, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
    for member in wheel.infolist():
        content = wheel.read(member)
        if member.filename.endswith(".dist-info/RECORD"):
            content += f"{name},sha256={digest},{len(line)}\\n".encode()
            copy.writestr(name, line)
        copy.writestr(member, content)
`

/** Makes the attacker's version of a wheel in `folder`, under the same name. */
export async function poisonWheel(
  { file, filename }: BuiltFile,
  python: string,
  folder: string,
  { run, folders, signal }: RehearseEffects,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  folders.make(folder)
  const target = path.join(folder, filename)
  const end = await run({
    command: [python, "-I", "-c", POISON, file, target, PAYLOAD],
    folder,
    environment,
    timeoutMs: 60_000,
    signal,
  })
  if (end.status === 0) return target
  throw new WheelproofError("ERR_COMMAND", `the attacker's wheel was not made: ${lastWords(end)}`)
}
