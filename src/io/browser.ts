import { spawn } from "node:child_process"
import process from "node:process"

/** Asks the system to show an address in the user's browser. That it cannot is no error: the address is printed too. */
export function openBrowser(
  url: URL,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const command = browserCommand(process.platform, environment)
  if (command === undefined) return
  const [program, ...args] = command
  const child = spawn(program, [...args, url.href], { stdio: "ignore", detached: true })
  child.on("error", () => undefined)
  child.unref()
}

/** The program that opens addresses; undefined where there is no screen. No shell sees the address. */
function browserCommand(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): readonly [string, ...string[]] | undefined {
  if (platform === "darwin") return ["open"]
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"]
  const screen = environment["WAYLAND_DISPLAY"] ?? environment["DISPLAY"] ?? ""
  return screen === "" ? undefined : ["xdg-open"]
}
