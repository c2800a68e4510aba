import { readBody, type RouteHandler } from "../http/handler.ts"
import { aboutRepository, mayWrite, type RepositoryCall } from "./access.ts"
import { failure, invalid, json, notFound } from "./answer.ts"
import { storedAssetName } from "./asset-name.ts"
import type { GitHubContext } from "./context.ts"
import { numberedPage } from "./paging.ts"
import { assetJson } from "./release-json.ts"
import { findRelease, publishedRelease } from "./releases.ts"
import { type Asset, type Release, takeId } from "./state.ts"
import { signedUrl } from "./storage.ts"

/** Files of releases (GitHub REST, "Release assets"). There is no replacing: an asset is deleted and uploaded again. */
export function assetRoutes(context: GitHubContext): Readonly<Record<string, RouteHandler>> {
  const base = "/repos/:owner/:name/releases"
  const contents = { read: { contents: "read" }, write: { contents: "write" } } as const
  return {
    [`GET ${base}/:id/assets`]: aboutRepository(context, contents.read, listAssets),
    [`POST /uploads${base}/:id/assets`]: aboutRepository(context, contents.write, (call) =>
      uploadAsset(context, call),
    ),
    [`GET ${base}/assets/:asset`]: aboutRepository(context, contents.read, (call) =>
      getAsset(context, call),
    ),
    [`DELETE ${base}/assets/:asset`]: aboutRepository(context, contents.write, (call) =>
      deleteAsset(context, call),
    ),
    "GET /:owner/:name/releases/download/:tag/:file": aboutRepository(context, {}, (call) =>
      download(context, call),
    ),
  }
}

function listAssets(call: RepositoryCall): Response {
  const release = findRelease(call)
  if (release === undefined) return notFound()
  const { page, headers } = numberedPage(call.request, release.assets)
  const assets = page.map((asset) => assetJson(asset, release, call.repository, call.origin))
  return json(assets, 200, headers)
}

async function uploadAsset(context: GitHubContext, call: RepositoryCall): Promise<Response> {
  const { request, repository, origin, token } = call
  const { searchParams } = new URL(request.url)
  // Read first: the release may be published, or go, in the meantime.
  const content = await readBody(request)
  const release = findRelease(call)
  if (release === undefined) return notFound()
  if (release.immutable) return failure(422, "Cannot upload assets to an immutable release.")
  const name = storedAssetName(searchParams.get("name") ?? "")
  const refusal = checkUpload(context, call, release, { name, size: content.byteLength })
  if (refusal !== undefined) return refusal
  const isBroken = context.failing.uploads > 0
  const asset: Asset = {
    id: takeId(context.state),
    name,
    label: searchParams.get("label") ?? "",
    state: isBroken ? "starter" : "uploaded",
    contentType: request.headers.get("content-type") ?? "application/octet-stream",
    size: isBroken ? 0 : content.byteLength,
    ...(isBroken ? {} : { content: context.store.put(content) }),
    created: context.clock(),
    uploader: token?.login ?? "",
  }
  release.assets.push(asset)
  context.save()
  if (!isBroken) return json(assetJson(asset, release, repository, origin), 201)
  context.failing.uploads -= 1
  return failure(502, "Server Error")
}

function checkUpload(
  { options }: GitHubContext,
  { request }: RepositoryCall,
  { assets }: Release,
  { name, size }: { readonly name: string; readonly size: number },
): Response | undefined {
  const resource = "ReleaseAsset"
  if (request.headers.get("content-length") === null) return failure(400, "Bad Content-Length")
  if (request.headers.get("content-type") === null) {
    return invalid({ resource, code: "missing_field", field: "content_type" })
  }
  if (name === "") return invalid({ resource, code: "missing_field", field: "name" })
  if (assets.some((asset) => asset.name === name)) {
    return invalid({ resource, code: "already_exists", field: "name" })
  }
  if (assets.length >= options.maxAssets) {
    const message = `file_count limited to ${options.maxAssets} assets per release`
    return invalid({ resource, code: "custom", field: "file_count", message })
  }
  if (size < options.maxAssetBytes) return undefined
  const message = `size must be less than ${options.maxAssetBytes}`
  return invalid({ resource, code: "custom", field: "size", message })
}

/** The asset that a path names by its id, with its release, if the caller may know of it. */
function findAsset(
  call: RepositoryCall,
): { readonly asset: Asset; readonly release: Release } | undefined {
  for (const release of call.repository.releases) {
    const asset = release.assets.find(({ id }) => String(id) === call.params["asset"])
    if (asset !== undefined) {
      return release.draft && !mayWrite(call) ? undefined : { asset, release }
    }
  }
  return undefined
}

function getAsset(context: GitHubContext, call: RepositoryCall): Response {
  const found = findAsset(call)
  if (found === undefined) return notFound()
  const { asset, release } = found
  if (call.request.headers.get("accept") !== "application/octet-stream") {
    return json(assetJson(asset, release, call.repository, call.origin))
  }
  return redirect(context, asset)
}

function download(context: GitHubContext, { repository, params }: RepositoryCall): Response {
  const release = publishedRelease(repository, params["tag"] ?? "")
  const asset = release?.assets.find(({ name }) => name === params["file"])
  return asset === undefined ? notFound() : redirect(context, asset)
}

function redirect(context: GitHubContext, { content, name }: Asset): Response {
  if (content === undefined) return notFound()
  const location = signedUrl(context, "assets", content, name)
  return new Response(null, { status: 302, headers: { location } })
}

function deleteAsset(context: GitHubContext, call: RepositoryCall): Response {
  const found = findAsset(call)
  if (found === undefined) return notFound()
  const { asset, release } = found
  if (release.immutable) return failure(422, "Cannot delete assets from an immutable release.")
  release.assets.splice(release.assets.indexOf(asset), 1)
  context.save()
  return new Response(null, { status: 204 })
}
