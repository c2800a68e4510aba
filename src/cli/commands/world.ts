import type { RunningWorld } from "../../app/world.ts"
import type { Input, Outcome } from "../command.ts"
import type { Context } from "../context.ts"
import { WORLD_FLAGS } from "../flag-tables.ts"

/** `world`: the one command that speaks before it ends, because it ends when it is told to. */
export async function runWorld(
  { flags }: Input<typeof WORLD_FLAGS>,
  context: Context,
): Promise<Outcome> {
  const texts = ["state", "repository", "ref", "commit", "workflow"] as const
  const given = texts.flatMap((name) => {
    const value = flags.text(name)
    return value === undefined ? [] : [[name, value]]
  })
  const { terminal } = context
  const useCases = await context.useCases()
  const running = await useCases.world({ ...Object.fromEntries(given), job: flags.switch("job") })
  const json = flags.choice("format", WORLD_FLAGS.format.choices) === "json"
  await terminal.stdout.write(json ? renderJson(running) : renderShell(running))
  await terminal.stderr.write(renderNotes(running, flags.given("state")))
  await running.ended
  return { stdout: "", stderr: "the local world has ended\n", exit: 0 }
}

function renderJson({ services, environment }: RunningWorld): string {
  return `${JSON.stringify({ services, environment })}\n`
}

function renderShell({ environment }: RunningWorld): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join("")
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`
}

function renderNotes({ services }: RunningWorld, isKept: boolean): string {
  const width = Math.max(...Object.keys(services).map((name) => name.length))
  const rows = Object.entries(services).map(([name, url]) => `  ${name.padEnd(width)}  ${url}\n`)
  const kept = isKept
    ? ""
    : "note: nothing is kept; --state DIR keeps keys, logs, files and addresses for the next time\n"
  return `the local world is up:\n${rows.join("")}${kept}note: it runs until it is interrupted (Ctrl-C)\n`
}
