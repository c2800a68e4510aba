import { WheelproofError } from "../../core/errors.ts"
import { normalizeName } from "../../packaging/name.ts"
import { compareVersions, isPrerelease } from "../../packaging/version.ts"
import type { RouteHandler } from "../http/handler.ts"
import type { IndexContext } from "./context.ts"
import { cached, CORS } from "./page.ts"
import { notFound } from "./refusal.ts"
import {
  filePath,
  findProject,
  findRelease,
  listFiles,
  type Project,
  type Release,
} from "./state.ts"

/** `GET /pypi/NAME/json` and `GET /pypi/NAME/VERSION/json` (Warehouse, `legacy/api/json.py`). */
export function createJsonRoute({ state }: IndexContext): RouteHandler {
  return (request, { name = "", version }) => {
    const project = findProject(state, name)
    if (project === undefined || listFiles(project).length === 0) return notFound(request)
    if (name !== normalizeName(name)) {
      const path = version === undefined ? "" : `/${encodeURIComponent(version)}`
      const location = `${new URL(request.url).origin}/pypi/${normalizeName(name)}${path}/json`
      return new Response(null, { status: 301, headers: { ...CORS, location } })
    }
    const release = version === undefined ? latest(project) : named(project, version)
    if (release === undefined) return notFound(request)
    const answer = describe(project, release, new URL(request.url).origin, version === undefined)
    return cached(request, JSON.stringify(answer), {
      ...CORS,
      "content-type": "application/json",
      "cache-control": "max-age=900, public",
      "x-pypi-last-serial": String(project.serial),
    })
  }
}

function named(project: Project, version: string): Release | undefined {
  try {
    return findRelease(project, version)
  } catch (error) {
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}

function rank({ yanked, version }: Release): number {
  return (yanked === undefined ? 2 : 0) + (isPrerelease(version) ? 0 : 1)
}

/** The newest release that is not yanked, final ones before the others. */
function latest({ releases }: Project): Release | undefined {
  return releases
    .toSorted((a, b) => rank(a) - rank(b) || compareVersions(a.version, b.version))
    .at(-1)
}

function describe(
  project: Project,
  release: Release,
  origin: string,
  withReleases: boolean,
): object {
  const urls = (wanted: Release): readonly object[] => describeFiles(project, wanted, origin)
  return {
    info: describeRelease(project, release, origin),
    last_serial: project.serial,
    ...(withReleases
      ? { releases: Object.fromEntries(project.releases.map((each) => [each.version, urls(each)])) }
      : {}),
    urls: urls(release),
    vulnerabilities: [],
  }
}

const TEXTS = [
  "author",
  "author_email",
  "description",
  "description_content_type",
  "download_url",
  "home_page",
  "keywords",
  "license",
  "license_expression",
  "maintainer",
  "maintainer_email",
  "platform",
  "requires_python",
  "summary",
]
const LISTS = ["dynamic", "provides_extra", "requires_dist"]

function describeRelease(
  { name }: Project,
  { metadata, version, yanked }: Release,
  origin: string,
): object {
  const address = `${origin}/project/${name}/`
  const urls = (metadata["project_urls"] ?? []).map((value) => {
    const comma = value.indexOf(",")
    return [value.slice(0, comma).trim(), value.slice(comma + 1).trim()]
  })
  return {
    ...Object.fromEntries(TEXTS.map((field) => [field, metadata[field]?.[0] ?? null])),
    ...Object.fromEntries(LISTS.map((field) => [field, metadata[field] ?? null])),
    classifiers: metadata["classifiers"] ?? [],
    license_files: metadata["license_file"] ?? null,
    name,
    version,
    package_url: address,
    project_url: address,
    project_urls: urls.length === 0 ? null : Object.fromEntries(urls),
    release_url: `${address}${version}/`,
    downloads: { last_day: -1, last_month: -1, last_week: -1 },
    yanked: yanked !== undefined,
    yanked_reason: yanked === undefined || yanked.reason === "" ? null : yanked.reason,
  }
}

function describeFiles(project: Project, release: Release, origin: string): readonly object[] {
  return listFiles(project)
    .filter((located) => located.release === release)
    .map(({ file }) => {
      const time = new Date(file.uploadTime).toISOString()
      return {
        comment_text: file.comment ?? "",
        digests: {
          blake2b_256: file.digests.blake2b,
          md5: file.digests.md5,
          sha256: file.digests.sha256,
        },
        downloads: -1,
        filename: file.filename,
        has_sig: false,
        md5_digest: file.digests.md5,
        packagetype: file.type,
        python_version: file.pythonVersion,
        requires_python: release.metadata["requires_python"]?.[0] ?? null,
        size: file.size,
        upload_time: time.slice(0, 19),
        upload_time_iso_8601: time.replace("Z", "000Z"),
        url: `${origin}/${filePath(file)}`,
        yanked: release.yanked !== undefined,
        yanked_reason:
          release.yanked === undefined || release.yanked.reason === ""
            ? null
            : release.yanked.reason,
      }
    })
}
