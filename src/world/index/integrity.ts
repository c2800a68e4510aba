import { WheelproofError } from "../../core/errors.ts"
import type { RouteHandler } from "../http/handler.ts"
import { selectType } from "./accept.ts"
import type { IndexContext } from "./context.ts"
import { cached, CORS } from "./page.ts"
import { notFound } from "./refusal.ts"
import { findProject, findRelease, type IndexState, type StoredFile } from "./state.ts"
import type { View } from "./simple.ts"

const TYPES = ["application/vnd.pypi.integrity.v1+json", "application/json"] as const

/** `GET /integrity/NAME/VERSION/FILE/provenance` (Warehouse, `api/integrity.py`); a mirror does not know the path. */
export function createIntegrityRoute(context: IndexContext, view: View): RouteHandler {
  return (request, { name = "", version = "", filename = "" }) => {
    const file = view === "mirror" ? undefined : locate(context.state, name, version, filename)
    if (file === undefined) return notFound(request)
    const type = selectType(request, TYPES)
    if (type === undefined) return refuse(406, "Request not acceptable")
    if (context.flags.attestationsDisabled) return refuse(403, "Attestations temporarily disabled")
    if (file.provenance === undefined) return refuse(404, `No provenance available for ${filename}`)
    return cached(request, JSON.stringify(file.provenance), {
      ...CORS,
      "content-type": type,
      "cache-control": "max-age=600, public",
      vary: "Accept",
    })
  }
}

function refuse(status: number, message: string): Response {
  return Response.json({ message }, { status })
}

/** The project by its normalised name, the version by its value, the file by its exact name. */
function locate(
  state: IndexState,
  name: string,
  version: string,
  filename: string,
): StoredFile | undefined {
  try {
    const project = findProject(state, name)
    const release = project === undefined ? undefined : findRelease(project, version)
    return release?.files.find((file) => file.filename === filename)
  } catch (error) {
    if (error instanceof WheelproofError) return undefined
    throw error
  }
}
