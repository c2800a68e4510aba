import { createRoutes, type Handler, type RouteHandler } from "../http/handler.ts"
import { createMemoryStore, type Store } from "../store.ts"
import type { IndexContext, IndexFlags, IndexSettings } from "./context.ts"
import { createFileRoute } from "./files.ts"
import { createIntegrityRoute } from "./integrity.ts"
import { createJsonRoute } from "./json-api.ts"
import { createAudienceRoute, createMintRoute } from "./mint.ts"
import { notFound } from "./refusal.ts"
import { createSeeds, type IndexSeeds } from "./seeds.ts"
import { createDetailRoute, createIndexRoute, type View } from "./simple.ts"
import { type IndexState, loadState } from "./state.ts"
import { answerMissingSlash, createUploadRoute } from "./upload.ts"

/** How to set up a {@link PackageIndex}. */
export interface PackageIndexOptions extends Partial<IndexSettings> {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** In memory unless one is given. */
  readonly store?: Store
}

/** An index with PyPI's rules: uploads, trusted publishing, pages, files, provenance. */
export interface PackageIndex extends IndexSeeds {
  /** Everything under one address: `/legacy/`, `/_/oidc/…`, `/simple/`, `/packages/`, `/integrity/` and `/pypi/`. */
  readonly handler: Handler
  /** The same files as many caching mirrors show them: pages of version 1.1 without provenance, no Integrity API, nothing to upload to. */
  readonly mirror: Handler
  /** What administrators turn off, by changing it. */
  readonly flags: IndexFlags
  readonly state: IndexState
}

const MIB = 2 ** 20
const GIB = 2 ** 30

/** Sets up an index. Its handlers need no socket; nothing is in it until something is added. A service has to let requests be as large as its files. */
export function createPackageIndex(given: PackageIndexOptions): PackageIndex {
  const { clock, store = createMemoryStore(), ...options } = given
  const state = loadState(store)
  const context: IndexContext = {
    state,
    store,
    clock,
    options: {
      audience: "pypi",
      issuers: [],
      trust: () => [],
      maxFileBytes: 100 * MIB,
      maxProjectBytes: 10 * GIB,
      pageMaxAge: 600,
      ...options,
    },
    flags: {
      readOnly: false,
      uploadsDisabled: false,
      trustedPublishingDisabled: false,
      attestationsDisabled: false,
    },
    save: () => {
      store.save(state)
    },
  }
  const mint = createMintRoute(context)
  const routes = {
    "POST /legacy/": createUploadRoute(context),
    "POST /legacy": answerMissingSlash,
    "GET /_/oidc/audience": createAudienceRoute(context),
    "POST /_/oidc/mint-token": mint,
    "POST /_/oidc/github/mint-token": mint,
    ...readRoutes(context, "pypi"),
  }
  return {
    handler: createRoutes(routes, notFound),
    mirror: createRoutes(readRoutes(context, "mirror"), notFound),
    flags: context.flags,
    state,
    ...createSeeds(context),
  }
}

function readRoutes(context: IndexContext, view: View): Readonly<Record<string, RouteHandler>> {
  return {
    "GET /simple/": createIndexRoute(context, view),
    "GET /simple": addSlash,
    "GET /simple/:name/": createDetailRoute(context, view),
    "GET /simple/:name": addSlash,
    "GET /packages/*path": createFileRoute(context),
    "GET /integrity/:name/:version/:filename/provenance": createIntegrityRoute(context, view),
    "GET /pypi/:name/json": createJsonRoute(context),
    "GET /pypi/:name/:version/json": createJsonRoute(context),
  }
}

const addSlash: RouteHandler = (request) => {
  const url = new URL(request.url)
  const headers = { location: `${url.origin}${url.pathname}/${url.search}` }
  return new Response(null, { status: 301, headers })
}
