import { randomBytes } from "node:crypto"

import { createLocalJWKSet, type JWK } from "jose"

import { parseTrustedRoots } from "../formats/trusted-root.ts"
import { createGitHub, type GitHub } from "./github/github.ts"
import type { Handler } from "./http/handler.ts"
import type { Service } from "./http/service.ts"
import { createPackageIndex, type PackageIndex } from "./index/package-index.ts"
import { githubClaims, type Claims, type GitHubClaims } from "./oidc/claims.ts"
import { createIssuerHandler, TOKEN_REQUEST_PATH, type Jobs } from "./oidc/issuer-handler.ts"
import { createTokenIssuer, type MintOptions, type TokenIssuer } from "./oidc/issuer.ts"
import type { TokenRequest } from "./oidc/job-environment.ts"
import { PROVIDERS, type ProviderName } from "./oidc/providers.ts"
import { mapServices, openServices, type ByService } from "./services.ts"
import { createFulcioHandler } from "./sigstore/fulcio-handler.ts"
import { fulcioIssuers } from "./sigstore/fulcio-issuers.ts"
import {
  createLocalSigstore,
  type KeptSigstore,
  type LocalSigstore,
} from "./sigstore/local-sigstore.ts"
import { createRekorV1Handler } from "./sigstore/rekor-v1-handler.ts"
import { createRekorV2Handler } from "./sigstore/rekor-v2-handler.ts"
import { signingConfig, type SigningConfigJson } from "./sigstore/signing-config.ts"
import { createTimestampHandler } from "./sigstore/timestamp-handler.ts"
import { trustedRoot } from "./sigstore/trusted-root.ts"
import type { TrustedRootJson } from "./sigstore/wire.ts"
import {
  createTufHandler,
  createTufRepository,
  type KeptRepository,
  type TufRepository,
} from "./tuf/repository.ts"
import { createFolderState, createMemoryState, type WorldState } from "./world-state.ts"

const YEAR = 365 * 86_400_000
const OPERATOR = "wheelproof.local"

/** How to start a {@link LocalWorld}. */
export interface LocalWorldOptions {
  /** A folder in which it keeps what it is to know after a restart; nothing is kept unless there is one. */
  readonly state?: string
  /** Milliseconds since 1970; the machine's. */
  readonly clock?: () => number
}

/** A whole supply chain on loopback: identity, signing, logs, trust, index and GitHub. */
export interface LocalWorld {
  /** The address of each service. */
  readonly urls: ByService<string>
  /** The services, with their faults and the requests that they had. */
  readonly services: ByService<Service>
  readonly trustedRoot: () => TrustedRootJson
  /** With Rekor v1, as the public instance's default; with v2 on request. */
  readonly signingConfig: (rekor?: 1 | 2) => SigningConfigJson
  /** The root that a TUF client of this world begins with. */
  readonly tufRoot: Uint8Array
  /** A token; for the audience `sigstore` and in the name of the provider's real issuer unless told otherwise. */
  readonly mint: (
    provider: ProviderName,
    claims?: Claims,
    options?: Partial<MintOptions>,
  ) => Promise<string>
  /** A job of GitHub Actions, which may ask for its tokens from now on; one with the same claims is the same job. */
  readonly startJob: (claims?: Partial<GitHubClaims>) => TokenRequest
  /** The parts behind the services, to sign with or to log into without asking them. */
  readonly sigstore: LocalSigstore
  readonly index: PackageIndex
  readonly github: GitHub
  /** Ends all connections and stops listening. What is kept was kept when it happened. */
  readonly close: () => Promise<void>
}

/** What a world keeps besides its logs and its stores' own states. */
interface KeptWorld {
  readonly format: "wheelproof-world/1"
  readonly ports: ByService<number>
  readonly sigstore: KeptSigstore
  readonly tokenKey: JWK
  readonly tuf: KeptRepository
  readonly jobs: readonly (readonly [token: string, claims: Claims])[]
}

/** Starts a world on ports of its own choosing. */
export async function startLocalWorld(options: LocalWorldOptions = {}): Promise<LocalWorld> {
  const clock = options.clock ?? Date.now
  const state = options.state === undefined ? createMemoryState() : createFolderState(options.state)
  const store = state.store("world")
  const loaded = store.load()
  const kept = isKeptWorld(loaded) ? loaded : undefined
  const [{ services, answer }, tokens] = await Promise.all([
    openServices(kept?.ports ?? {}),
    createTokenIssuer(clock, kept?.tokenKey),
  ])
  const urls = mapServices((name) => services[name].url)
  const parts = createParts({ urls, clock, state, tokens, kept })
  answer(handlersOf(parts))
  const save = (): void => {
    store.save({
      format: "wheelproof-world/1",
      ports: mapServices((name) => Number(new URL(urls[name]).port)),
      sigstore: parts.sigstore.keep(),
      tokenKey: tokens.privateKey,
      tuf: parts.tuf.keep(),
      jobs: [...parts.jobs],
    } satisfies KeptWorld)
  }
  save()
  return {
    urls,
    services,
    ...documentsOf(parts),
    tufRoot: parts.tuf.firstRoot,
    mint: (provider, claims = PROVIDERS[provider].claims(), wanted = {}) =>
      tokens.mint(provider, claims, { audience: "sigstore", ...wanted }),
    startJob(stated) {
      const claims = { ...githubClaims(stated) }
      const token = jobWith(parts.jobs, claims) ?? randomBytes(32).toString("base64url")
      parts.jobs.set(token, claims)
      save()
      return { url: urls.oidc + TOKEN_REQUEST_PATH, token }
    },
    sigstore: parts.sigstore,
    index: parts.index,
    github: parts.github,
    async close() {
      await Promise.all(Object.values(services).map((service) => service.close()))
      state.release()
    },
  }
}

function jobWith(jobs: Jobs, claims: Claims): string | undefined {
  const wanted = JSON.stringify(claims)
  return [...jobs].find(([, known]) => JSON.stringify(known) === wanted)?.[0]
}

interface Beginnings {
  readonly urls: ByService<string>
  readonly clock: () => number
  readonly state: WorldState
  readonly tokens: TokenIssuer
  readonly kept: KeptWorld | undefined
}

interface Parts extends Beginnings {
  readonly sigstore: LocalSigstore
  readonly jobs: Jobs
  readonly tuf: TufRepository
  readonly index: PackageIndex
  readonly github: GitHub
}

function createParts(beginnings: Beginnings): Parts {
  const { urls, clock, state, tokens, kept } = beginnings
  const sigstore = createLocalSigstore({
    now: clock(),
    urls: { ...urls, timestamp: timestampUrl(urls) },
    journals: { rekor: state.journal("rekor"), rekorV2: state.journal("rekor-v2") },
    ...(kept === undefined ? {} : { kept: kept.sigstore }),
  })
  const documents = documentsOf({ urls, sigstore })
  const instances = parseTrustedRoots(
    Buffer.from(JSON.stringify(documents.trustedRoot())),
    "the local world's trusted root",
  )
  return {
    ...beginnings,
    sigstore,
    jobs: new Map(kept?.jobs),
    tuf: createTufRepository({
      now: clock(),
      targets: {
        "trusted_root.json": text(documents.trustedRoot()),
        "signing_config.v0.2.json": text(documents.signingConfig(1)),
        "signing_config_rekor_v2.v0.2.json": text(documents.signingConfig(2)),
      },
      ...(kept === undefined ? {} : { kept: kept.tuf }),
    }),
    index: createPackageIndex({
      clock,
      store: state.store("index"),
      trust: () => instances,
      issuers: [
        { kind: "GitHub" as const, issuer: PROVIDERS.github.issuer },
        { kind: "GitLab" as const, issuer: PROVIDERS.gitlab.issuer },
      ].map((issuer) => ({ ...issuer, keys: createLocalJWKSet(tokens.keys) })),
    }),
    github: createGitHub({
      clock,
      store: state.store("github"),
      storageUrl: () => urls.githubStorage,
    }),
  }
}

function handlersOf(parts: Parts): ByService<Handler> {
  const { sigstore, tokens, urls, clock, index, github } = parts
  return {
    oidc: createIssuerHandler(tokens, parts.jobs),
    fulcio: createFulcioHandler({
      certificateAuthority: sigstore.certificateAuthority,
      issuers: fulcioIssuers(tokens.keys, urls.oidc),
      clock,
    }),
    rekor: createRekorV1Handler(sigstore.rekor, { clock: () => Math.floor(clock() / 1000) }),
    rekorV2: createRekorV2Handler(sigstore.rekorV2),
    timestamp: createTimestampHandler(sigstore.timestampAuthority, clock),
    tuf: createTufHandler(parts.tuf),
    index: index.handler,
    mirror: index.mirror,
    github: github.handler,
    githubStorage: github.storage,
  }
}

function documentsOf({
  urls,
  sigstore,
}: Pick<Parts, "urls" | "sigstore">): Pick<LocalWorld, "trustedRoot" | "signingConfig"> {
  const start = sigstore.now - YEAR
  return {
    trustedRoot: () => trustedRoot({ ...sigstore, rekorV1: sigstore.rekor, start }),
    signingConfig: (rekor = 1) =>
      signingConfig(
        { ...urls, oidc: `${urls.oidc}/email`, timestamp: timestampUrl(urls) },
        { start, operator: OPERATOR, rekor },
      ),
  }
}

function timestampUrl(urls: ByService<string>): string {
  return `${urls.timestamp}/api/v1/timestamp`
}

function text(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

// The file is the world's own; what is in it is what was kept.
function isKeptWorld(value: unknown): value is KeptWorld {
  return (
    typeof value === "object" &&
    value !== null &&
    Reflect.get(value, "format") === "wheelproof-world/1"
  )
}
