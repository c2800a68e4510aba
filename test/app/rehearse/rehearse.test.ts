import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import type { Rehearsal } from "../../../src/app/rehearse/report.ts"
import { rehearse } from "../../../src/app/rehearse/rehearse.ts"
import type { RehearseEffects } from "../../../src/app/rehearse/scene.ts"
import { createRehearseEffects } from "../../../src/app/wire.ts"
import { renderRehearsalPage } from "../../../src/cli/render/rehearsal/page.ts"
import { SDIST_NAME, WHEEL_NAME } from "../../support/archives.ts"
import { DEAF, outline, withoutIndex } from "./support.ts"

let folder: string
let project: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "wheelproof-test-"))
  project = path.join(folder, "rocket")
  const source = path.join(project, "pyproject.toml")
  mkdirAnd(source, '[project]\nname = "rocket"\nversion = "1.0.0"\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

function mkdirAnd(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** Effects that remember which folders they made. */
function remembering(effects: RehearseEffects): {
  readonly effects: RehearseEffects
  readonly made: string[]
} {
  const made: string[] = []
  const folders = {
    ...effects.folders,
    makeTemporary(prefix: string) {
      const temporary = effects.folders.makeTemporary(prefix)
      made.push(temporary)
      return temporary
    },
  }
  return { effects: { ...effects, folders }, made }
}

describe("a whole rehearsal", () => {
  let rehearsal: Rehearsal
  let made: readonly string[]

  beforeAll(async () => {
    const remembered = remembering(await withoutIndex())
    made = remembered.made
    const page = { file: path.join(folder, "page.html"), force: false, render: renderRehearsalPage }
    rehearsal = await rehearse({ project, keep: false, page }, remembered.effects, DEAF)
  }, 600_000)

  test("every step comes out as promised", () => {
    const problems = rehearsal.steps.flatMap(({ error, reasons }) => [error ?? [], ...reasons])
    expect(problems.flat()).toEqual([])
    expect(outline(rehearsal)).toMatchInlineSnapshot(`
      [
        "stage services passed",
        "maintainer source passed",
        "maintainer tools passed",
        "maintainer build-rocket passed",
        "maintainer attest passed",
        "maintainer publish passed",
        "maintainer release passed",
        "user user passed",
        "user download passed",
        "user evidence passed",
        "user verify-index passed",
        "user verify-release passed",
        "user environment passed",
        "user install passed",
        "user import passed",
        "attacker attacker passed",
        "attacker swapped-wheel passed",
        "attacker other-repository passed",
        "attacker stripped-attestation passed",
      ]
    `)
    expect(rehearsal.projects).toEqual([{ name: "rocket", version: "1.0.0" }])
    expect(rehearsal.notes).toEqual([])
  })

  test("the chain names one digest from the build to the installation, and the commit by two that agree", () => {
    const { trunk = [], lanes = [] } = rehearsal.chain ?? {}
    expect(lanes.map(({ file }) => file)).toEqual([WHEEL_NAME])
    const links = lanes.flatMap((lane) => lane.links)
    expect(links.map(({ id }) => id)).toEqual([
      "wheel",
      "attestation",
      "log",
      "index",
      "release",
      "download",
      "installed",
    ])
    const digests = new Set(links.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256])))
    expect([...digests]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
    expect(trunk.map(({ id }) => id)).toEqual(["commit", "run", "certificate"])
    expect(trunk.flatMap(({ claims }) => claims)).toContainEqual({
      label: "commit",
      value: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      by: "certificate and statement",
    })
  })

  test("each attack is refused for its own reason, with the commands that a user would type", () => {
    const ended = rehearsal.attacks.map(({ id, refused, reasons }) => [
      id,
      refused,
      [...new Set(reasons.map(({ check }) => check))],
    ])
    expect(ended).toEqual([
      ["swapped-wheel", true, ["subject-digest"]],
      ["other-repository", true, ["expect-source"]],
      ["stripped-attestation", true, ["evidence-present"]],
    ])
    for (const { commands, served, genuine } of rehearsal.attacks) {
      expect(commands.map(([program, action]) => `${program} ${action}`)).toEqual([
        "pip download",
        "wheelproof verify",
      ])
      expect(served).not.toBe(genuine)
    }
    expect(rehearsal.attacks[1]?.withoutVerifier).toContain(
      "it would verify too: origin https://github.com/mallory/rocket",
    )
  })

  test("steps name what they made, with sizes and digests", () => {
    const files = rehearsal.steps.flatMap((step) => step.files)
    const paths = files.map((file) => file.path)
    expect(paths).toContain(`dist/rocket/${WHEEL_NAME}`)
    expect(paths).toContain(`dist/rocket/${SDIST_NAME}`)
    expect(paths).toContain("attestations/multiple.intoto.jsonl")
    expect(paths).toContain(`user/downloads/${WHEEL_NAME}.provenance`)
    for (const { bytes, sha256 } of files) {
      expect(bytes).toBeGreaterThan(0)
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    }
  })

  test("nothing is left, and no word of where it was", () => {
    expect(made).toHaveLength(1)
    for (const temporary of made) {
      expect(existsSync(temporary)).toBe(false)
      expect(JSON.stringify(rehearsal)).not.toContain(temporary)
    }
  })

  test("the page is written", () => {
    const page = readFileSync(path.join(folder, "page.html"), "utf8")
    expect(page).toContain("Every step came out as promised")
    expect(page).toContain(WHEEL_NAME)
  })
})

test("without a package index it says what is missing, and leaves nothing behind", async () => {
  const environment = {
    ...process.env,
    PIP_CONFIG_FILE: "/dev/null",
    PIP_FIND_LINKS: "",
    // Nothing listens there.
    PIP_INDEX_URL: "http://127.0.0.1:9/simple/",
    PIP_RETRIES: "0",
  }
  const { signal } = new AbortController()
  const { effects, made } = remembering(await createRehearseEffects({ environment, signal }))
  const rehearsal = await rehearse({ project, keep: false }, effects, DEAF)
  expect(outline(rehearsal)).toEqual([
    "stage services passed",
    "maintainer source passed",
    "maintainer tools undecided",
  ])
  expect(rehearsal.steps.at(-1)?.error).toMatchObject({
    code: "ERR_NETWORK",
    message: expect.stringMatching(/^build cannot be had: pip install failed/) as string,
    hint: expect.stringContaining("the package index that pip is configured with") as string,
  })
  expect(rehearsal).toMatchObject({ attacks: [], projects: [] })
  expect(rehearsal.chain).toBeUndefined()
  for (const temporary of made) expect(existsSync(temporary)).toBe(false)
}, 600_000)

test("an interrupt stops the services and removes the folder, also one that was to be kept", async () => {
  const interrupt = new AbortController()
  const { effects, made } = remembering(await withoutIndex(process.env, interrupt.signal))
  const urls: string[] = []
  const watched: RehearseEffects = {
    ...effects,
    async startWorld() {
      const world = await effects.startWorld()
      urls.push(...Object.values(world.urls))
      return world
    },
  }
  const running = rehearse({ project, keep: true }, watched, {
    ...DEAF,
    started({ id }) {
      if (id === "user") setTimeout(() => interrupt.abort(), 200)
    },
  })
  await expect(running).rejects.toMatchObject({ code: "ERR_INTERRUPTED" })
  expect(made).toHaveLength(1)
  for (const temporary of made) expect(existsSync(temporary)).toBe(false)
  expect(urls.length).toBeGreaterThan(5)
  for (const url of urls) await expect(fetch(url)).rejects.toThrow("fetch failed")
}, 600_000)

describe("refused before anything is made", () => {
  test.each([
    ["a folder that is not there", "nowhere", "ERR_INPUT_NOT_FOUND", "there is no folder"],
    ["a folder that is no project", ".", "ERR_INPUT_NOT_FOUND", "has no pyproject.toml"],
  ])("%s", async (_, name, code, message) => {
    const { effects, made } = remembering(await withoutIndex())
    const request = { project: path.join(folder, name), keep: false }
    await expect(rehearse(request, effects, DEAF)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    })
    expect(made).toEqual([])
  })

  test("a page that is there already", async () => {
    const { effects, made } = remembering(await withoutIndex())
    const file = path.join(folder, "there.html")
    writeFileSync(file, "somebody's")
    const page = { file, force: false, render: () => "ours" }
    await expect(rehearse({ keep: false, page }, effects, DEAF)).rejects.toMatchObject({
      code: "ERR_OUTPUT",
    })
    expect(readFileSync(file, "utf8")).toBe("somebody's")
    expect(made).toEqual([])
  })

  test.each([
    ["Python", ["python3", "python", "py"], "install Python"],
    ["git", ["git"], "install git"],
  ])("a machine without %s", async (_, missing, hint) => {
    const effects = await withoutIndex()
    const without: RehearseEffects = {
      ...effects,
      run: async (request) =>
        effects.run(
          missing.includes(request.command[0])
            ? { ...request, command: ["wheelproof-has-no-such-program"] }
            : request,
        ),
    }
    await expect(rehearse({ project, keep: false }, without, DEAF)).rejects.toMatchObject({
      code: "ERR_COMMAND",
      hint: expect.stringContaining(hint) as string,
    })
  })
})
