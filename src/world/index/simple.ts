import { isProjectName, normalizeName } from "../../packaging/name.ts"
import { compareVersions } from "../../packaging/version.ts"
import type { RouteHandler } from "../http/handler.ts"
import { selectType } from "./accept.ts"
import type { IndexContext } from "./context.ts"
import { cached, CORS } from "./page.ts"
import { notFound } from "./refusal.ts"
import { renderDetailHtml, renderIndexHtml } from "./simple-html.ts"
import { filePath, findProject, listFiles, type LocatedFile, type Project } from "./state.ts"

/** A project's page (PEP 691, 700, 714, 740, 792). */
export interface ProjectPage {
  readonly meta: { readonly "api-version": string; readonly "_last-serial"?: number }
  readonly name: string
  readonly "project-status"?: { readonly status: string }
  readonly versions: readonly string[]
  readonly "alternate-locations"?: readonly string[]
  readonly files: readonly PageFile[]
}

/** A file on a project's page. */
export interface PageFile {
  readonly filename: string
  readonly url: string
  readonly hashes: { readonly sha256: string }
  readonly "requires-python": string | null
  readonly size: number
  readonly "upload-time": string
  readonly yanked: boolean | string
  readonly "data-dist-info-metadata": { readonly sha256: string } | false
  readonly "core-metadata": { readonly sha256: string } | false
  readonly provenance?: string | null
}

/** How pages are seen: as PyPI makes them, or as a caching mirror passes them on, of an older version and without provenance. */
export type View = "pypi" | "mirror"

const TYPES = [
  "text/html",
  "application/vnd.pypi.simple.v1+html",
  "application/vnd.pypi.simple.v1+json",
] as const

/** `GET /simple/NAME/`. */
export function createDetailRoute(context: IndexContext, view: View): RouteHandler {
  return (request, { name = "" }) => {
    const project = isProjectName(name) ? findProject(context.state, name) : undefined
    if (project === undefined) return notFound(request)
    if (name !== normalizeName(name)) {
      const location = `${new URL(request.url).origin}/simple/${normalizeName(name)}/`
      return new Response(null, { status: 301, headers: { ...CORS, location } })
    }
    const page = projectPage(project, new URL(request.url).origin, view)
    const type = selectType(request, TYPES) ?? "text/html"
    const body = type.endsWith("json")
      ? JSON.stringify(page)
      : renderDetailHtml(page, project.serial)
    return cached(request, body, pageHeaders(type, project.serial, context))
  }
}

/** `GET /simple/`. */
export function createIndexRoute(context: IndexContext, view: View): RouteHandler {
  return (request) => {
    const { state } = context
    const projects = Object.values(state.projects)
      .filter(({ status }) => status !== "quarantined")
      .toSorted((a, b) => (normalizeName(a.name) < normalizeName(b.name) ? -1 : 1))
    const type = selectType(request, TYPES) ?? "text/html"
    const version = apiVersion(view)
    const body = type.endsWith("json")
      ? JSON.stringify({
          meta: { "api-version": version, "_last-serial": state.serial },
          projects: projects.map(({ name, serial }) => ({ name, "_last-serial": serial })),
        })
      : renderIndexHtml(
          projects.map(({ name }) => name),
          version,
          state.serial,
        )
    return cached(request, body, pageHeaders(type, state.serial, context))
  }
}

function pageHeaders(
  type: string,
  serial: number,
  { options }: IndexContext,
): Record<string, string> {
  return {
    ...CORS,
    "content-type": type.endsWith("json") ? type : `${type}; charset=UTF-8`,
    "cache-control": `max-age=${options.pageMaxAge}, public`,
    vary: "Accept, Accept-Encoding",
    "x-pypi-last-serial": String(serial),
  }
}

function apiVersion(view: View): string {
  return view === "mirror" ? "1.1" : "1.4"
}

/** A project's page as data; addresses begin with `origin`. */
function projectPage(project: Project, origin: string, view: View): ProjectPage {
  const files = listFiles(project)
  const versions = new Set(files.map(({ release }) => release.version))
  const page = {
    meta: { "api-version": apiVersion(view), "_last-serial": project.serial },
    name: normalizeName(project.name),
    versions: [...versions].toSorted(compareVersions),
    files: files.map((located) => pageFile(located, origin, view)),
  }
  if (view === "mirror") return page
  return { ...page, "project-status": { status: project.status }, "alternate-locations": [] }
}

function pageFile({ project, release, file }: LocatedFile, origin: string, view: View): PageFile {
  const metadata: PageFile["core-metadata"] =
    file.metadata === undefined ? false : { sha256: file.metadata }
  const entry = {
    filename: file.filename,
    url: `${origin}/${filePath(file)}`,
    hashes: { sha256: file.digests.sha256 },
    "requires-python": release.metadata["requires_python"]?.[0] ?? null,
    size: file.size,
    "upload-time": new Date(file.uploadTime).toISOString().replace("Z", "000Z"),
    yanked: release.yanked === undefined ? false : release.yanked.reason || true,
    "data-dist-info-metadata": metadata,
    "core-metadata": metadata,
  }
  if (view === "mirror") return entry
  const path = [normalizeName(project.name), release.version, file.filename]
  const address = `${origin}/integrity/${path.map(encodeURIComponent).join("/")}/provenance`
  return { ...entry, provenance: file.provenance === undefined ? null : address }
}
