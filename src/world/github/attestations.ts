import { decodeBase64, utf8 } from "../../core/bytes.ts"
import { malformed } from "../../core/errors.ts"
import type { Shape } from "../../core/shape.ts"
import { parseStatement } from "../../formats/statement.ts"
import type { RouteHandler } from "../http/handler.ts"
import { aboutRepository, isFor, maySee, presentedToken, type RepositoryCall } from "./access.ts"
import { failure, json, notFound } from "./answer.ts"
import type { GitHubContext } from "./context.ts"
import { readFields } from "./fields.ts"
import { apiVersion } from "./front.ts"
import { cursorHeaders, cursorPage } from "./paging.ts"
import type { Account, Repository, StoredAttestation } from "./state.ts"
import { takeId } from "./state.ts"
import { signedUrl } from "./storage.ts"

const MAX_DIGESTS = 1_024

/** Artifact attestations (GitHub REST, "Artifact attestations"): an index by what statements say of themselves, not a judgement. */
export function attestationRoutes(context: GitHubContext): Readonly<Record<string, RouteHandler>> {
  const owned = (kind: Account["type"]): Readonly<Record<string, RouteHandler>> => {
    const base = kind === "Organization" ? "/orgs/:owner" : "/users/:owner"
    return {
      [`GET ${base}/attestations/:digest`]: (request, params) =>
        listOfOwner(context, kind, request, params),
      [`POST ${base}/attestations/bulk-list`]: (request, params) =>
        bulkList(context, kind, request, params),
      [`DELETE ${base}/attestations/digest/:digest`]: (request, params) =>
        deleteOfOwner(context, kind, request, params),
    }
  }
  const base = "/repos/:owner/:name/attestations"
  return {
    [`POST ${base}`]: aboutRepository(context, { attestations: "write" }, (call) =>
      createAttestation(context, call),
    ),
    [`GET ${base}/:digest`]: aboutRepository(context, { attestations: "read" }, (call) =>
      answerList(context, call.request, [call.repository], call.params["digest"] ?? ""),
    ),
    ...owned("Organization"),
    ...owned("User"),
  }
}

async function createAttestation(
  context: GitHubContext,
  { request, repository }: RepositoryCall,
): Promise<Response> {
  const fields = await readFields(request)
  const attestation = storeAttestation(
    context,
    repository,
    fields.object("bundle"),
    fields.raw("bundle"),
  )
  return json({ id: attestation.id }, 201)
}

/** Keeps a bundle under the digests that its statement names. Throws `ERR_INPUT_MALFORMED` for what is no bundle of a statement. */
export function storeAttestation(
  context: GitHubContext,
  repository: Repository,
  bundle: Shape,
  original: unknown,
): StoredAttestation {
  if (!bundle.string("mediaType").startsWith("application/vnd.dev.sigstore.bundle")) {
    throw malformed("For 'properties/bundle', the media type is not a Sigstore bundle's.")
  }
  bundle.object("verificationMaterial")
  const payload = bundle.object("dsseEnvelope").string("payload")
  const { subjects, predicateType } = parseStatement(decodeBase64(payload, "payload"))
  const digests = subjects.flatMap(({ digest }) =>
    [...digest].map(([algorithm, value]) => `${algorithm}:${value}`),
  )
  if (digests.length === 0)
    throw malformed("For 'properties/bundle', the statement has no subject.")
  const attestation: StoredAttestation = {
    id: takeId(context.state),
    digests: [...new Set(digests)],
    predicateType,
    bundle: context.store.put(utf8(JSON.stringify(original))),
  }
  repository.attestations.push(attestation)
  context.save()
  return attestation
}

type Params = Readonly<Record<string, string>>

/** The repositories of an owner that a caller may see; undefined where there is no such owner of this kind. */
function repositoriesOf(
  { state }: GitHubContext,
  kind: Account["type"],
  { owner = "" }: Params,
): readonly Repository[] | undefined {
  const all = state.repositories.filter(
    (repository) =>
      repository.owner.login.toLowerCase() === owner.toLowerCase() &&
      repository.owner.type === kind,
  )
  return all.length === 0 ? undefined : all
}

function listOfOwner(
  context: GitHubContext,
  kind: Account["type"],
  request: Request,
  params: Params,
): Response {
  const visible = visibleRepositories(context, kind, request, params)
  if (visible === undefined) return notFound()
  return answerList(context, request, visible, params["digest"] ?? "")
}

function visibleRepositories(
  context: GitHubContext,
  kind: Account["type"],
  request: Request,
  params: Params,
): readonly Repository[] | undefined {
  const token = presentedToken(request, context)
  return repositoriesOf(context, kind, params)?.filter((repository) =>
    maySee(repository, token === "bad" ? undefined : token),
  )
}

interface Found extends StoredAttestation {
  readonly repositoryId: number
}

function find(
  repositories: readonly Repository[],
  digest: string,
  predicateType: string | null,
): readonly Found[] {
  return repositories
    .flatMap(({ id, attestations }) =>
      attestations.map((attestation) => ({ ...attestation, repositoryId: id })),
    )
    .filter(({ digests }) => digests.includes(digest))
    .filter((found) => predicateType === null || isOfType(found.predicateType, predicateType))
    .toSorted((a, b) => b.id - a.id)
}

const SHORT_TYPES: Readonly<Record<string, RegExp>> = {
  provenance: /^https:\/\/slsa\.dev\/provenance\//,
  sbom: /^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/bom)/,
  release: /^https:\/\/in-toto\.io\/attestation\/release\//,
}

function isOfType(predicateType: string, wanted: string): boolean {
  const pattern = Object.hasOwn(SHORT_TYPES, wanted) ? SHORT_TYPES[wanted] : undefined
  return pattern === undefined ? predicateType === wanted : pattern.test(predicateType)
}

function answerList(
  context: GitHubContext,
  request: Request,
  repositories: readonly Repository[],
  digest: string,
): Response {
  const type = new URL(request.url).searchParams.get("predicate_type")
  const found = find(repositories, digest, type)
  if (found.length === 0 && context.options.emptyList === "404") return notFound()
  const cursors = cursorPage(request, found)
  const attestations = cursors.page.map((item) => describe(context, request, item))
  return json({ attestations }, 200, cursorHeaders(request, cursors))
}

/** Newer versions of the API have the address of a bundle and no longer the bundle; the older one has a member that is mostly null. */
function describe(context: GitHubContext, request: Request, found: Found): object {
  const address = {
    repository_id: found.repositoryId,
    bundle_url: signedUrl(context, "attestations", found.bundle),
    initiator: "user",
  }
  if (apiVersion(request) !== "2022-11-28") return address
  const bytes = context.options.inlineBundles ? context.store.get(found.bundle) : undefined
  return {
    ...address,
    bundle: bytes === undefined ? null : JSON.parse(Buffer.from(bytes).toString()),
  }
}

async function bulkList(
  context: GitHubContext,
  kind: Account["type"],
  request: Request,
  params: Params,
): Promise<Response> {
  const visible = visibleRepositories(context, kind, request, params)
  if (visible === undefined) return notFound()
  const fields = await readFields(request)
  const type = fields.optionalString("predicate_type") ?? null
  const digests = fields.strings("subject_digests", MAX_DIGESTS)
  const all = digests.flatMap((digest) =>
    find(visible, digest, type).map((found) => ({ digest, found, id: found.id })),
  )
  const cursors = cursorPage(request, all)
  const byDigest = Object.fromEntries(
    digests.map((digest) => {
      const own = cursors.page.filter((item) => item.digest === digest)
      const items = own.map(({ found }) => describe(context, request, found))
      return [digest, items.length === 0 ? null : items]
    }),
  )
  return json({
    attestations_subject_digests: byDigest,
    page_info: {
      has_next: cursors.next !== undefined,
      has_previous: cursors.previous !== undefined,
      next: cursors.next ?? "",
      previous: cursors.previous ?? "",
    },
  })
}

function deleteOfOwner(
  context: GitHubContext,
  kind: Account["type"],
  request: Request,
  params: Params,
): Response {
  const token = presentedToken(request, context)
  if (token === undefined || token === "bad") return failure(401, "Requires authentication")
  const visible = visibleRepositories(context, kind, request, params) ?? []
  const digest = params["digest"] ?? ""
  if (find(visible, digest, null).length === 0) return notFound()
  const own = visible.filter((repository) => isFor(token, repository))
  if (token.permissions.attestations !== "write" || own.length === 0) {
    return failure(403, "Resource not accessible by integration")
  }
  for (const { attestations } of own) {
    const kept = attestations.filter(({ digests }) => !digests.includes(digest))
    attestations.splice(0, attestations.length, ...kept)
  }
  context.save()
  return new Response(null, { status: 204 })
}
