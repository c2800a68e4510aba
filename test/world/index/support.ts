import { createHash } from "node:crypto"

import {
  createLocalJWKSet,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type GenerateKeyPairResult,
  SignJWT,
} from "jose"

import { Shape } from "../../../src/core/shape.ts"
import { parseTrustedRoots } from "../../../src/formats/trusted-root.ts"
import { contentDigests } from "../../../src/world/index/content-digests.ts"
import {
  createPackageIndex,
  type PackageIndex,
  type PackageIndexOptions,
} from "../../../src/world/index/package-index.ts"
import type { Publisher } from "../../../src/world/index/publishers.ts"
import { createWorld, type World } from "../../../src/world/world.ts"
import { METADATA, WHEEL_NAME, wheelBytes } from "../../support/archives.ts"

export const NOW: number = Date.UTC(2026, 5, 1, 12)
export const DAY = 86_400_000
export const ORIGIN = "http://index.test"
const ISSUER = "https://token.actions.githubusercontent.com"
export const GITLAB = "https://gitlab.com"
export const GOOGLE = "https://accounts.google.com"
export const ACTIVE_STATE = "https://platform.activestate.com/api/v1/oauth/oidc"

const keys = await generateKeyPair("RS256")
/** Keys that no issuer has. */
export const strangerKeys: GenerateKeyPairResult = await generateKeyPair("RS256")
const jwk = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "RS256" }

/** The publisher that the world's default GitHub identity fits. */
export const PUBLISHER: Extract<Publisher, { kind: "GitHub" }> = {
  kind: "GitHub",
  repository: "acme/rocket",
  ownerId: "180348046",
  workflow: "release.yml",
}

/** The claims of the job that has the world's default GitHub identity. */
export const CLAIMS: Readonly<Record<string, string | number>> = {
  iss: ISSUER,
  aud: "pypi",
  sub: "repo:acme/rocket:ref:refs/tags/v1.0.0",
  jti: "one",
  ref: "refs/tags/v1.0.0",
  sha: "4d329c75e7ec1725f7c9ce917a8799d408d06be3",
  repository: "acme/rocket",
  repository_owner: "acme",
  repository_owner_id: "180348046",
  event_name: "push",
  job_workflow_ref: "acme/rocket/.github/workflows/release.yml@refs/tags/v1.0.0",
  iat: NOW / 1000 - 5,
  nbf: NOW / 1000 - 5,
  exp: NOW / 1000 + 300,
}

interface Header {
  readonly key?: CryptoKey | Uint8Array
  readonly alg?: string
  readonly kid?: string
}

/** Signs an identity token; a claim that is undefined is left out. */
export async function identityToken(
  claims: Record<string, unknown> = {},
  { key = keys.privateKey, alg = "RS256", kid = "one" }: Header = {},
): Promise<string> {
  return await new SignJWT({ ...CLAIMS, ...claims }).setProtectedHeader({ alg, kid }).sign(key)
}

/** An index under test, at a time that the test may change. */
export interface TestIndex extends PackageIndex {
  now: number
  readonly world: World
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>
  readonly post: (
    path: string,
    body: string | FormData,
    headers?: Record<string, string>,
  ) => Promise<Response>
  readonly mint: (token: string) => Promise<Response>
  readonly upload: (upload?: Upload) => Promise<Response>
}

/** An upload; what is left out is right. */
export interface Upload {
  readonly token?: string
  readonly filename?: string
  readonly content?: Uint8Array
  readonly type?: string
  /** Changes to the fields; undefined leaves one out, a list repeats one. */
  readonly fields?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly query?: string
  readonly headers?: Record<string, string>
  /** Fields that are sent as files. */
  readonly files?: readonly string[]
  readonly withoutContent?: boolean
}

const worlds = new Map<number, World>()

/** Makes an index that knows GitHub's, GitLab's and Google's issuers, with one key for all of them. */
export function createTestIndex(options: Partial<PackageIndexOptions> = {}): TestIndex {
  const world = worlds.get(NOW) ?? createWorld({ now: NOW })
  worlds.set(NOW, world)
  const local = createLocalJWKSet({ keys: [jwk] })
  const trust = parseTrustedRoots(Buffer.from(JSON.stringify(world.trustedRoot())), "the world")
  const index = createPackageIndex({
    clock: () => test.now,
    issuers: [
      { issuer: ISSUER, kind: "GitHub", keys: local },
      { issuer: GITLAB, kind: "GitLab", keys: local },
      { issuer: GOOGLE, kind: "Google", keys: local },
      { issuer: ACTIVE_STATE, kind: "ActiveState", keys: local },
    ],
    trust: () => trust,
    ...options,
  })
  const send = async (request: Request): Promise<Response> => await index.handler(request)
  const test: TestIndex = {
    ...index,
    now: NOW,
    world,
    get: (path, headers = {}) => send(new Request(`${ORIGIN}${path}`, { headers })),
    post: (path, body, headers = {}) =>
      send(new Request(`${ORIGIN}${path}`, { method: "POST", body, headers })),
    mint: (token) => test.post("/_/oidc/mint-token", JSON.stringify({ token })),
    upload: (upload = {}) =>
      send(
        new Request(`${ORIGIN}/legacy/${upload.query ?? ""}`, {
          method: "POST",
          body: uploadForm(upload),
          headers: {
            ...(upload.token === undefined ? {} : { authorization: basic(upload.token) }),
            ...upload.headers,
          },
        }),
      ),
  }
  return test
}

/** Basic authentication as every client sends a token. */
export function basic(token: string, user = "__token__"): string {
  return `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`
}

/** The multipart form of an upload. */
export function uploadForm(upload: Upload): FormData {
  const { filename = WHEEL_NAME, content = wheelBytes(), fields = {}, files = [] } = upload
  const isSdist = !filename.endsWith(".whl")
  const digests = contentDigests(content)
  const all: NonNullable<Upload["fields"]> = {
    ":action": "file_upload",
    protocol_version: "1",
    metadata_version: "2.1",
    name: "rocket",
    version: "1.0.0",
    filetype: isSdist ? "sdist" : "bdist_wheel",
    pyversion: isSdist ? "source" : "py3",
    sha256_digest: digests.sha256,
    blake2_256_digest: digests.blake2b,
    ...fields,
  }
  const form = new FormData()
  for (const [name, value] of Object.entries(all)) {
    for (const text of [value ?? []].flat()) {
      if (files.includes(name)) form.append(name, new File([text], "part"))
      else form.append(name, text)
    }
  }
  if (upload.withoutContent === true) return form
  const type = upload.type ?? "application/octet-stream"
  form.append("content", new File([new Uint8Array(content)], filename, { type }))
  return form
}

/** A token of the index, minted for the default publisher of a project that there is. */
export async function publisherToken(
  index: TestIndex,
  publisher: Publisher = PUBLISHER,
  claims: Record<string, unknown> = {},
): Promise<string> {
  index.addPublisher(publisher, ["rocket"])
  const answer = await index.mint(await identityToken({ jti: crypto.randomUUID(), ...claims }))
  const body: unknown = await answer.json()
  return new Shape(body, "answer").string("token")
}

/** What a refused upload says: its status and the reason phrase, which is PyPI's sentence. */
export async function refusal(response: Response | Promise<Response>): Promise<string> {
  const { status, statusText } = await response
  return `${status} ${statusText}`
}

/** A wheel of another project or version. */
export function wheelOf(name: string, version: string): Buffer {
  const escaped = name.toLowerCase().replaceAll(/[-_.]+/g, "_")
  return wheelBytes({
    folder: `${escaped}-${version}.dist-info`,
    metadata: METADATA.replace("rocket", name).replace("1.0.0", version),
    files: { [`${escaped}/__init__.py`]: `version = "${version}"\n` },
  })
}

/** SHA-256 in hex. */
export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex")
}
