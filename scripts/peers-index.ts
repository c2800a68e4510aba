import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import process from "node:process"

import { type LocalWorld, startLocalWorld } from "../src/world/local-world.ts"
import type { TokenRequest } from "../src/world/oidc/job-environment.ts"
import { signAttestation } from "../src/world/sigstore/sign.ts"
import { publishStatement, slsaV1Statement, subjectOf } from "../src/world/sigstore/statements.ts"
import { installPeer, type IndexClientName } from "../test/real/peers.ts"
import { type Ended, runPeer } from "../test/real/run-peer.ts"
import { startTlsFront } from "../test/real/tls-front.ts"
import { METADATA, sdistBytes, tarBytes, wheelBytes } from "../test/support/archives.ts"

/**
 * `npm run test:peers:index`: the programs that people publish and install with, against the local world's index. Each claim is a line; one
 * that does not hold ends in 1.
 */
const folder = mkdtempSync(path.join(tmpdir(), "wheelproof-peers-"))
const world = await startLocalWorld()
let failures = 0
try {
  await publishWithTwine()
  await publishWithUv()
  await install()
} finally {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failures === 0 ? 0 : 1

function claim(text: string, holds: boolean, { output }: Pick<Ended, "output">): void {
  process.stdout.write(`${holds ? "ok" : "NOT OK"} ${text}\n`)
  if (holds) return
  failures += 1
  process.stderr.write(`${output.trim()}\n`)
}

/** Runs a peer in an environment of its own. */
function run(
  name: IndexClientName,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return runPeer(name, args, { HOME: path.join(folder, "home"), ...environment })
}

/** The files of a release of `rocket`, with what stands beside them. */
function writeRelease(version: string): readonly string[] {
  const metadata = METADATA.replace("1.0.0", version)
  const files = {
    [`rocket-${version}-py3-none-any.whl`]: wheelBytes({
      folder: `rocket-${version}.dist-info`,
      metadata,
      files: { "rocket/__init__.py": `version = "${version}"\n` },
    }),
    [`rocket-${version}.tar.gz`]: sdistBytes([
      { name: `rocket-${version}/`, type: "5", mode: 0o755 },
      { name: `rocket-${version}/PKG-INFO`, content: metadata },
      { name: `rocket-${version}/pyproject.toml`, content: "[project]\n" },
    ]),
  }
  return Object.entries(files).map(([name, content]) => {
    const file = path.join(folder, name)
    writeFileSync(file, content)
    const subject = subjectOf(name, content)
    for (const [type, statement] of [
      ["publish", publishStatement(subject)],
      ["slsa", slsaV1Statement([subject])],
    ] as const) {
      const services = { ...world.sigstore, now: Date.now() }
      const attestation = signAttestation(services, statement)
      writeFileSync(`${file}.${type}.attestation`, JSON.stringify(attestation))
    }
    return file
  })
}

/** A token for the publisher of `rocket`, minted as every client does. */
async function mintToken({ urls, mint }: LocalWorld): Promise<string> {
  const token = await mint("github", undefined, { audience: "pypi" })
  const answer = await fetch(`${urls.index}/_/oidc/mint-token`, {
    method: "POST",
    body: JSON.stringify({ token }),
  })
  const body: unknown = await answer.json()
  if (typeof body === "object" && body !== null && "token" in body) return String(body.token)
  throw new Error(JSON.stringify(body))
}

function filesOf(version: string): readonly { readonly provenance?: unknown }[] {
  const releases = world.index.state.projects["rocket"]?.releases ?? []
  return releases.find((release) => release.version === version)?.files ?? []
}

function attestedFiles(version: string): number {
  return filesOf(version).filter(({ provenance }) => provenance !== undefined).length
}

function withAttestations(file: string): readonly string[] {
  return [file, `${file}.publish.attestation`, `${file}.slsa.attestation`]
}

async function publishWithTwine(): Promise<void> {
  const upload = (token: string, ...args: readonly string[]): Promise<Ended> =>
    run("twine", ["upload", "--non-interactive", "--disable-progress-bar", "--verbose", ...args], {
      TWINE_REPOSITORY_URL: `${world.urls.index}/legacy/`,
      TWINE_USERNAME: "__token__",
      TWINE_PASSWORD: token,
    })
  const token = world.index.addUser("ann")
  const first = writeRelease("1.0")
  const plain = await upload(token, ...first)
  claim(
    "twine uploads wheel and sdist with a user's token",
    plain.status === 0 && filesOf("1.0").length === 2,
    plain,
  )
  const again = await upload(token, ...first)
  claim(
    "twine uploads them again, and the index says no more",
    again.status === 0 && filesOf("1.0").length === 2,
    again,
  )
  const wrong = await upload("pypi-wrong", ...first)
  claim(
    "twine shows why a token is refused",
    wrong.status === 1 &&
      wrong.output.includes("403 Forbidden") &&
      wrong.output.includes("Invalid or non-existent authentication information."),
    wrong,
  )
  const [wheel = ""] = first
  writeFileSync(
    wheel,
    wheelBytes({ folder: "rocket-1.0.dist-info", metadata: METADATA.replace("1.0.0", "1.0") }),
  )
  const other = await upload(token, wheel)
  claim(
    "twine shows that the file exists already",
    other.status === 1 &&
      other.output.includes("File already exists ('rocket-1.0-py3-none-any.whl'"),
    other,
  )
  world.index.addPublisher(
    { kind: "GitHub", repository: "acme/rocket", ownerId: "180348046", workflow: "release.yml" },
    ["rocket"],
  )
  const second = writeRelease("2.0")
  const attested = await upload(
    await mintToken(world),
    "--attestations",
    ...second.flatMap(withAttestations),
  )
  claim(
    "twine uploads attestations with a publisher's token",
    attested.status === 0 && attestedFiles("2.0") === 2,
    attested,
  )
}

function uvPublish(
  url: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Ended> {
  const trust = { UV_INSECURE_HOST: "127.0.0.1" }
  return run("uv", ["publish", "--publish-url", `${url}/legacy/`, ...args], {
    ...trust,
    ...environment,
  })
}

function jobEnvironment({ url, token }: TokenRequest): Record<string, string> {
  return {
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
  }
}

async function publishWithUv(): Promise<void> {
  const front = await startTlsFront(world.urls.index, folder)
  const token = world.index.addUser("ann")
  const upload = (...args: readonly string[]): Promise<Ended> =>
    uvPublish(world.urls.index, { UV_PUBLISH_TOKEN: token }, args)
  const trusted = (job: TokenRequest, ...files: readonly string[]): Promise<Ended> =>
    uvPublish(front.url, jobEnvironment(job), ["--trusted-publishing", "always", ...files])
  const files = writeRelease("3.0")
  const check = ["--check-url", `${world.urls.index}/simple/`]
  const plain = await upload(...check, ...files)
  claim(
    "uv uploads wheel and sdist with a user's token",
    plain.status === 0 && filesOf("3.0").length === 2,
    plain,
  )
  const again = await upload(...check, ...files)
  claim(
    "uv finds on the page that both are there",
    again.output.includes("already exists, skipping"),
    again,
  )
  const attested = writeRelease("4.0").flatMap(withAttestations)
  const refused = await upload(...attested)
  claim(
    "uv shows why attestations with a user's token are refused",
    refused.output.includes("Attestations are only supported when using Trusted Publishing"),
    refused,
  )
  const published = await trusted(world.startJob(), ...attested)
  claim(
    "uv publishes by trusted publishing, with attestations",
    published.status === 0 && attestedFiles("4.0") === 2,
    published,
  )
  const stranger = world.startJob({
    repository: "evil/rocket",
    repository_owner: "evil",
    repository_owner_id: "666",
  })
  const unknown = await trusted(stranger, ...writeRelease("5.0"))
  claim(
    "uv shows that a stranger is no publisher",
    unknown.status !== 0 && unknown.output.includes("Publisher with matching claims was not found"),
    unknown,
  )
  await front.close()
}

async function install(): Promise<void> {
  const index = `${world.urls.index}/simple/`
  for (const [source, from] of [
    ["the index", index],
    ["its mirror", `${world.urls.mirror}/simple/`],
  ] as const) {
    const target = path.join(folder, `pip-${source.replaceAll(" ", "-")}`)
    const installed = await run("pip", [
      "install",
      "--isolated",
      "--no-cache-dir",
      "--index-url",
      from,
      "--target",
      target,
      "rocket",
    ])
    claim(
      `pip installs the newest release from ${source}`,
      installed.status === 0 && readdirSync(target).includes("rocket-4.0.dist-info"),
      installed,
    )
  }
  const venv = path.join(folder, "venv")
  const python = path.join(path.dirname(installPeer("pip")), "python")
  const made = await run("uv", ["venv", "--python", python, venv])
  const added = await run(
    "uv",
    ["pip", "install", "--no-cache", "--default-index", index, "rocket<4"],
    { VIRTUAL_ENV: venv },
  )
  claim(
    "uv installs an older release",
    made.status === 0 && added.status === 0 && added.output.includes("rocket==3.0"),
    added,
  )
  world.index.yank("rocket", "3.0", "leaks fuel")
  const pinned = await run(
    "uv",
    ["pip", "install", "--no-cache", "--reinstall", "--default-index", index, "rocket==3.0"],
    { VIRTUAL_ENV: venv },
  )
  claim(
    "uv says why a release was yanked",
    pinned.status === 0 && pinned.output.includes("leaks fuel"),
    pinned,
  )
  world.index.swapContent("rocket-4.0-py3-none-any.whl", Buffer.from(tarBytes([])))
  const swapped = await run(
    "uv",
    ["pip", "install", "--no-cache", "--reinstall", "--default-index", index, "rocket==4.0"],
    { VIRTUAL_ENV: venv },
  )
  claim("uv refuses a file that is not the one on the page", swapped.status !== 0, swapped)
}
