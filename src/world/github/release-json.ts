import { repositoryUrl } from "./repositories.ts"
import { type Asset, fullName, type Release, type Repository } from "./state.ts"

/** A release as answers have it. */
export function releaseJson(release: Release, repository: Repository, origin: string): object {
  const base = repositoryUrl(origin, repository)
  const page = `${origin}/${fullName(repository)}`
  const { id, tagName, assets, published } = release
  return {
    url: `${base}/releases/${id}`,
    assets_url: `${base}/releases/${id}/assets`,
    upload_url: `${origin}/uploads/repos/${fullName(repository)}/releases/${id}/assets{?name,label}`,
    html_url: `${page}/releases/tag/${release.draft ? `untagged-${id}` : tagName}`,
    id,
    author: { login: release.author },
    tag_name: tagName,
    target_commitish: release.targetCommitish,
    name: release.name,
    draft: release.draft,
    prerelease: release.prerelease,
    immutable: release.immutable,
    created_at: timeOf(release.created),
    published_at: published === undefined ? null : timeOf(published),
    assets: assets.map((asset) => assetJson(asset, release, repository, origin)),
    tarball_url: release.draft ? null : `${base}/tarball/${tagName}`,
    zipball_url: release.draft ? null : `${base}/zipball/${tagName}`,
    body: release.body,
  }
}

/** An asset as answers have it. */
export function assetJson(
  asset: Asset,
  { tagName, draft, id }: Release,
  repository: Repository,
  origin: string,
): object {
  const page = `${origin}/${fullName(repository)}/releases/download`
  const tag = draft ? `untagged-${id}` : tagName
  return {
    url: `${repositoryUrl(origin, repository)}/releases/assets/${asset.id}`,
    id: asset.id,
    name: asset.name,
    label: asset.label,
    uploader: { login: asset.uploader },
    content_type: asset.contentType,
    state: asset.state,
    size: asset.size,
    digest: asset.content === undefined ? null : `sha256:${asset.content}`,
    download_count: 0,
    created_at: timeOf(asset.created),
    updated_at: timeOf(asset.created),
    browser_download_url: `${page}/${tag}/${asset.name}`,
  }
}

// GitHub's times have no fractions of a second.
function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z")
}
