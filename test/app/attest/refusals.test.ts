import { createHash } from "node:crypto"
import { linkSync, readFileSync, utimesSync, writeFileSync } from "node:fs"
import path from "node:path"

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { METADATA, wheelBytes } from "../../support/archives.ts"
import { startLocalWorld, type LocalWorld } from "../../../src/world/local-world.ts"
import {
  createPlace,
  leftNothing,
  type Place,
  type RunOptions,
  SDIST,
  WHEEL,
  wheelOfVersion,
  WRITTEN,
} from "./support.ts"

let world: LocalWorld
let place: Place
beforeAll(async () => {
  world = await startLocalWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  place = createPlace(world)
})
afterEach(() => place.remove())

/** Runs, and demands that nothing is asked for and nothing is left. */
async function refusal(options: RunOptions = {}): Promise<string> {
  const asked = (): number =>
    world.services.fulcio.requests.length + world.services.rekor.requests.length
  const before = [asked(), place.names()]
  const { error } = await place.run({ environment: place.job(), ...options })
  expect([asked(), place.names()]).toEqual(before)
  return `${error?.code} ${error?.message}`
}

function line(name: string): string {
  const digest = createHash("sha256")
    .update(readFileSync(path.join(place.dist, name)))
    .digest("hex")
  return `${digest}  ${name}\n`
}

describe("who may not sign", () => {
  test("a job without the permission", async () => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: _url, ...environment } = place.job()
    const { error } = await place.run({ environment })
    expect(error).toMatchObject({
      code: "ERR_IDENTITY",
      message: "this job may not ask for an identity token",
    })
    expect(error?.hint).toContain("permissions: id-token: write")
    expect(leftNothing(place)).toBe(true)
  })

  test("a fork's pull request, even where it gets a token", async () => {
    const GITHUB_EVENT_PATH = path.join(place.folder, "event.json")
    const fork = { repo: { full_name: "evil/rocket" } }
    writeFileSync(
      GITHUB_EVENT_PATH,
      JSON.stringify({ repository: { full_name: "acme/rocket" }, pull_request: { head: fork } }),
    )
    const environment = {
      ...place.job({ event_name: "pull_request_target" }),
      GITHUB_EVENT_PATH,
    }
    expect(await refusal({ environment })).toContain(
      "ERR_IDENTITY this is a pull request from a fork",
    )
  })

  test("nobody at all", async () => {
    expect(await refusal({ environment: {} })).toBe(
      "ERR_IDENTITY there is no identity to sign with",
    )
  })

  test("anybody with --offline", async () => {
    expect(await refusal({ offline: true })).toContain("ERR_OFFLINE signing asks")
  })
})

describe("what may not be signed", () => {
  test("nothing", async () => {
    expect(await refusal({ files: [] })).toBe("ERR_USAGE there is nothing to attest")
  })

  test("what is no distribution, unless that is asked for", async () => {
    place.put("notes.txt", "notes")
    expect(await refusal()).toBe(
      "ERR_USAGE notes.txt is neither a wheel (.whl) nor an sdist (.tar.gz, .zip)",
    )
    const { error } = await place.run({ environment: place.job(), anyFile: true })
    expect(error).toBeUndefined()
    expect(place.names()).toEqual([...WRITTEN, "notes.txt", "notes.txt.sigstore.json"].toSorted())
    expect(await place.verdicts()).toEqual(["verified", "verified", "verified"])
  })

  test("two files of one name", async () => {
    const other = path.join(place.folder, WHEEL)
    writeFileSync(other, "another wheel")
    expect(await refusal({ files: [place.dist, other], output: place.dist })).toBe(
      `ERR_USAGE two of the files have the name ${WHEEL}`,
    )
  })

  test("one file under two names", async () => {
    const twin = "rocket-1.0.1-py3-none-any.whl"
    linkSync(path.join(place.dist, WHEEL), path.join(place.dist, twin))
    expect(await refusal()).toBe(`ERR_USAGE ${WHEEL} and ${twin} are the same file`)
  })

  test("evidence", async () => {
    const checksums = `${"a".repeat(64)}  ${WHEEL}.sigstore.json\n`
    expect(await refusal({ files: [], checksums, anyFile: true })).toContain(
      "is evidence or a checksum by its name",
    )
  })

  test("files of several folders, unless a folder is named", async () => {
    const other = path.join(place.folder, "rocket-1.0.1-py3-none-any.whl")
    writeFileSync(other, wheelOfVersion("1.0.1").bytes)
    expect(await refusal({ files: [place.dist, other] })).toBe(
      "ERR_USAGE the files are in several folders",
    )
    const { error } = await place.run({
      environment: place.job(),
      files: [place.dist, other],
      output: place.folder,
    })
    expect(error).toBeUndefined()
  })

  test("digests and standard input among the files", async () => {
    expect(await refusal({ files: [`sha256:${"a".repeat(64)}`] })).toContain(
      "not a file that can be attested",
    )
    expect(await refusal({ files: ["-"] })).toContain("not a file that can be attested")
  })
})

describe("files that this run did not build", () => {
  const OLD = new Date("2026-01-01T00:00:00Z")

  test("are older than the job", async () => {
    const GITHUB_EVENT_PATH = path.join(place.folder, "event.json")
    writeFileSync(GITHUB_EVENT_PATH, "{}")
    const environment = { ...place.job(), GITHUB_EVENT_PATH }
    utimesSync(GITHUB_EVENT_PATH, OLD, OLD)
    utimesSync(path.join(place.dist, SDIST), OLD, new Date(OLD.getTime() - 1_500))
    expect(await refusal({ environment })).toContain(
      `${SDIST} was last changed at 2025-12-31T23:59:58.500Z, before this job began at 2026-01-01T00:00:00.000Z: this run did not build it`,
    )
    utimesSync(path.join(place.dist, SDIST), OLD, OLD)
    expect((await place.run({ environment })).error).toBeUndefined()
  })

  test("are older than the pipeline", async () => {
    const environment = {
      GITLAB_CI: "true",
      CI_PIPELINE_CREATED_AT: "2100-01-01T00:00:00Z",
      SIGSTORE_ID_TOKEN: await world.mint("gitlab"),
    }
    expect(await refusal({ environment })).toContain("before this pipeline began at 2100")
    const issuers = [`https://gitlab.com=${world.urls.oidc}/gitlab`]
    const unknown = { ...environment, CI_PIPELINE_CREATED_AT: "soon" }
    expect((await place.run({ environment: unknown, issuers })).error).toBeUndefined()
  })

  test("are older than the user says", async () => {
    expect(await refusal({ builtAfter: Date.now() + 60_000 })).toContain(
      "before the time of --built-after",
    )
  })

  test("are not in the checksums that the build handed over, or otherwise", async () => {
    expect(await refusal({ checksums: line(WHEEL) })).toBe(
      `ERR_USAGE ${SDIST} is not in the checksums: the build did not make it`,
    )
    const others = `${line(WHEEL)}${"0".repeat(64)}  ${SDIST}\n`
    expect(await refusal({ checksums: others })).toContain(
      `${SDIST} has sha256:${line(SDIST).slice(0, 64)}, and the build made it with sha256:000`,
    )
    const more = `${line(WHEEL)}${line(SDIST)}${"1".repeat(64)}  rocket-1.0.1.tar.gz\n`
    expect(await refusal({ checksums: more })).toBe(
      "ERR_USAGE rocket-1.0.1.tar.gz is in the checksums and not among the files",
    )
  })

  test("with checksums, how old they are does not matter", async () => {
    const list = path.join(place.folder, "digests.txt")
    writeFileSync(list, Buffer.from(line(SDIST)).toString("base64"))
    const { error } = await place.run({
      environment: place.job(),
      builtAfter: Date.now() + 60_000,
      checksums: line(WHEEL),
      checksumFiles: [list],
    })
    expect(error).toBeUndefined()
    expect(place.names()).toEqual(WRITTEN)
  })
})

describe("what is broken", () => {
  test("a wheel whose RECORD is of another", async () => {
    place.put(WHEEL, wheelBytes({ record: (lines) => lines.slice(1) }))
    const text = await refusal()
    expect(text).toContain(`ERR_INPUT_MALFORMED ${path.join(place.dist, WHEEL)} is broken: `)
    expect(text).toContain("[record-missing]")
    expect((await place.run({ environment: place.job(), anyFile: true })).error).toBeUndefined()
  })

  test("what PyPI alone refuses is a note", async () => {
    place.put(WHEEL, wheelBytes({ metadata: `${METADATA}Home-page: here\n` }))
    const { report, error } = await place.run({ environment: place.job() })
    expect(error).toBeUndefined()
    expect(report?.notes).toEqual([
      expect.stringMatching(
        /^PyPI will refuse rocket-1\.0\.0-py3-none-any\.whl: .*\[metadata-field\]$/,
      ),
    ])
  })

  describe("a release that is not whole, as the project declares it", () => {
    beforeEach(() => {
      const lines = [
        "[expected]",
        'wheels = [{ python = ["py3"], platforms = ["any"] }, { python = ["cp314"], platforms = ["win_amd64"] }]',
      ]
      writeFileSync(path.join(place.folder, "wheelproof.toml"), `${lines.join("\n")}\n`)
    })

    test("is not signed", async () => {
      expect(await refusal()).toMatch(
        /^ERR_USAGE these are not the files that the project declares for a release: .*win_amd64.* \[set-missing\]$/,
      )
    })

    test("unless the rest is another job's", async () => {
      const { error } = await place.run({ environment: place.job(), isPart: true })
      expect(error).toBeUndefined()
    })

    test("nor by its digests alone", async () => {
      const checksums = line(WHEEL) + line(SDIST)
      expect(await refusal({ files: [], checksums, output: place.dist })).toContain("[set-missing]")
    })
  })
})

test("digests alone are attested where there are no files", async () => {
  const checksums = Buffer.from(line(WHEEL) + line(SDIST)).toString("base64")
  const { error } = await place.run({
    environment: place.job(),
    files: [],
    checksums,
    output: place.dist,
  })
  expect(error).toBeUndefined()
  expect(await place.verdicts()).toEqual(["verified", "verified"])
})

describe("a repository that is not public", () => {
  test.each(["private", "internal"])(
    "%s: its name does not go into a public log unasked",
    async (visibility) => {
      const environment = place.job({ repository_visibility: visibility })
      // The signing config of the tests stands for an instance of one's own; the public one comes with the trust root.
      const config = world.signingConfig(1)
      const trust = {
        instances: () => Promise.reject(new Error("asked")),
        signingConfigs: () =>
          Promise.resolve(
            new Map([["signing_config.v0.2.json", Buffer.from(JSON.stringify(config))]]),
          ),
        summary: () => undefined,
      }
      const { error } = await place.run({ environment, effects: { trust }, ...withoutConfig() })
      expect(error).toMatchObject({
        code: "ERR_USAGE",
        message: `acme/rocket is ${visibility}, and its name, commits and workflows would be in a public log for ever`,
      })
      expect(leftNothing(place)).toBe(true)
      const agreed = await place.run({
        environment,
        effects: { trust },
        privateRepository: true,
        dryRun: true,
        ...withoutConfig(),
      })
      expect(agreed.error).toBeUndefined()
    },
  )

  test("an instance of one's own may know it", async () => {
    const environment = place.job({ repository_visibility: "private" })
    expect((await place.run({ environment })).error).toBeUndefined()
  })
})

/** A request that names no signing config. */
function withoutConfig(): RunOptions {
  return { withoutSigningConfig: true }
}

describe("what is there already", () => {
  test("is not overwritten, and nothing is signed", async () => {
    place.put(`${WHEEL}.sigstore.json`, "mine")
    expect(await refusal()).toContain(
      `${WHEEL}.sigstore.json exists already, and is not of this run`,
    )
    expect(place.read(`${WHEEL}.sigstore.json`)).toBe("mine")
  })

  test("is replaced where that is asked for", async () => {
    place.put(`${WHEEL}.sigstore.json`, "mine")
    const { error } = await place.run({ environment: place.job(), force: true })
    expect(error).toBeUndefined()
    expect(await place.verdicts()).toEqual(["verified", "verified"])
  })

  test("of another attempt is of another run", async () => {
    await place.run({ environment: place.job() })
    expect(await refusal({ environment: place.job({ run_attempt: "2" }) })).toContain(
      "exists already, and is not of this run",
    )
  })

  test("of this very run is taken as it is", async () => {
    const environment = place.job()
    await place.run({ environment })
    const before = WRITTEN.map((name) => place.read(name))
    const { report, error } = await place.run({ environment })
    expect(error).toBeUndefined()
    expect(report).toMatchObject({ resumed: 5, certificates: 0 })
    expect(WRITTEN.map((name) => place.read(name))).toEqual(before)
  })

  test("of this run but changed is not", async () => {
    const environment = place.job()
    await place.run({ environment })
    const text = place.read(`${WHEEL}.sigstore.json`)
    place.put(`${WHEEL}.sigstore.json`, text.replace('"integratedTime":"1', '"integratedTime":"2'))
    expect(await refusal({ environment })).toContain("exists already, and is not of this run")
  })
})

describe("settings that cannot be", () => {
  test("a trusted root of one's own without its signing config", async () => {
    const { error } = await place.run({ environment: place.job(), ...withoutConfig() })
    expect(error).toMatchObject({ code: "ERR_USAGE" })
    expect(error?.message).toContain("does not say which services to sign with")
  })

  test("a token on the command line", async () => {
    const identityToken = await world.mint("github")
    const text = await refusal({ identityToken })
    expect(text).toBe("ERR_USAGE --identity-token takes a file, not the token itself")
  })

  test("an empty secret", async () => {
    const file = path.join(place.folder, "empty")
    writeFileSync(file, " \n")
    expect(await refusal({ identityToken: file })).toBe(
      "ERR_USAGE the file of --identity-token is empty",
    )
    expect(await refusal({ key: file })).toBe("ERR_USAGE the file of --key is empty")
  })

  test("an issuer that is no address", async () => {
    expect(await refusal({ issuers: ["github"] })).toBe(
      "ERR_USAGE --oidc-issuer github is not an address",
    )
  })

  test("a config whose services are not in service yet", async () => {
    expect(
      await refusal({
        config: (config) => {
          for (const { validFor } of config.rekorTlogUrls) validFor.start = "2099-01-01T00:00:00Z"
        },
      }),
    ).toContain("ERR_CONFIG the signing config names no transparency log")
  })
})
