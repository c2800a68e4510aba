import { normalizeName } from "../../packaging/name.ts"
import type { RouteHandler } from "../http/handler.ts"
import { checkContent, openDistribution, type Opened } from "./archives.ts"
import { acceptAttestations } from "./attestations.ts"
import { contentDigests } from "./content-digests.ts"
import type { IndexContext } from "./context.ts"
import { checkFilename, checkSdistName, checkWheelName } from "./file-name.ts"
import { type CoreMetadata, parseMetadata } from "./metadata.ts"
import { Refusal, renderRefusal } from "./refusal.ts"
import {
  findProject,
  findRelease,
  newProject,
  type Project,
  type Release,
  type StoredFile,
  touch,
} from "./state.ts"
import { checkPermission, identify, requiredIdentity, type Uploader } from "./tokens.ts"
import { checkDigests, checkKnown, checkSize, type HelpUrl, type Upload } from "./upload-checks.ts"
import { readUploadForm, type UploadForm } from "./upload-form.ts"

/** `POST /legacy/`: takes a file as PyPI does, check by check in its order (Warehouse, `forklift/legacy.py`). One upload at a time. */
export function createUploadRoute(context: IndexContext): RouteHandler {
  let last: Promise<unknown> = Promise.resolve()
  return async (request) => {
    const form = await readUploadForm(request)
    const upload = last.then(() => takeUpload(context, request, form))
    last = upload.catch(() => {})
    const outcome = await upload
    return outcome instanceof Refusal ? renderRefusal(outcome, request) : new Response("")
  }
}

/** `POST /legacy`: a slash is missing, and a client must not follow without asking. */
export const answerMissingSlash: RouteHandler = (request) => {
  const message =
    "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)"
  const response = renderRefusal(new Refusal(308, message), request)
  response.headers.set("location", "/legacy/")
  return response
}

async function takeUpload(
  context: IndexContext,
  request: Request,
  form: UploadForm | Refusal,
): Promise<Refusal | undefined> {
  const helpUrl: HelpUrl = (anchor) => `${new URL(request.url).origin}/help/#${anchor}`
  const closed = checkFlags(context, helpUrl)
  if (closed !== undefined) return closed
  const uploader = identify(request, context.state, helpUrl)
  if (uploader instanceof Refusal) return uploader
  if (form instanceof Refusal) return form
  const action = new URL(request.url).searchParams.get(":action") ?? form.fields.get(":action")?.[0]
  if (action !== "file_upload") return new Refusal(404, "The resource could not be found.")
  const metadata = parseMetadata(form.fields)
  if (metadata instanceof Refusal) return metadata
  if (form.content === undefined) return new Refusal(400, "Upload payload does not have a file.")
  const project = projectFor(context, uploader, form.name, helpUrl)
  if (project instanceof Refusal) return project
  const forbidden = checkPermission(uploader, project, context.clock(), helpUrl)
  if (forbidden !== undefined) return forbidden
  const upload = { context, uploader, form, metadata, project, content: form.content, helpUrl }
  return await takeFile(upload)
}

function checkFlags({ flags }: IndexContext, helpUrl: HelpUrl): Refusal | undefined {
  if (flags.readOnly) {
    return new Refusal(403, "Read-only mode: Uploads are temporarily disabled.")
  }
  if (!flags.uploadsDisabled) return undefined
  return new Refusal(
    403,
    `New uploads are temporarily disabled. See ${helpUrl("admin-intervention")} for more information.`,
  )
}

/**
 * The project, or for a user a new one that is kept only if all goes well. A publisher never creates one, whatever the pending publisher that it
 * began as was for.
 */
function projectFor(
  { state }: IndexContext,
  { token }: Uploader,
  name: string,
  helpUrl: HelpUrl,
): Project | Refusal {
  const project = findProject(state, name)
  if (project !== undefined) return project
  if (token.bearer.kind === "user") return newProject(name, [token.bearer.name])
  return new Refusal(
    400,
    `Non-user identities cannot create new projects. This was probably caused by successfully using a pending publisher but specifying the project name incorrectly (either in the publisher or in your project's metadata). Please ensure that both match. See: ${helpUrl("trusted-publishers-troubleshooting")}`,
  )
}

async function takeFile(upload: Upload): Promise<Refusal | undefined> {
  const { context, content, form, metadata, project, helpUrl } = upload
  const filename = content.name
  const misnamed = checkFilename(filename, form.filetype)
  if (misnamed !== undefined) return misnamed
  // A part without a type is refused too, but form readers put one in its place.
  if (content.type.startsWith("image/")) {
    return new Refusal(400, "Invalid distribution file.")
  }
  const bytes = new Uint8Array(await content.arrayBuffer())
  const digests = contentDigests(bytes)
  const unfit = checkSize(upload, bytes) ?? checkDigests(form, digests)
  if (unfit !== undefined) return unfit
  const known = checkKnown(upload, filename, digests)
  if (known !== undefined) return known === "same" ? undefined : known
  const opened = await openDistribution(filename, bytes, helpUrl("archives"))
  if (opened instanceof Refusal) return opened
  const named = { name: project.name, version: metadata.version }
  const checkName = form.filetype === "sdist" ? checkSdistName : checkWheelName
  const refusal =
    checkName(filename, named) ?? checkContent(filename, opened, metadata.licenseFiles)
  if (refusal !== undefined) return refusal
  const provenance = readProvenance(upload, filename, digests.sha256)
  if (provenance instanceof Refusal) return provenance
  store(upload, opened, {
    filename,
    type: form.filetype,
    pythonVersion: form.pythonVersion,
    size: bytes.byteLength,
    digests,
    content: context.store.put(bytes),
    uploadTime: context.clock(),
    comment: form.comment,
    ...(provenance === undefined ? {} : { provenance }),
  })
  return undefined
}

function readProvenance(
  { context, form, uploader }: Upload,
  filename: string,
  sha256: string,
): object | Refusal | undefined {
  const json = form.fields.get("attestations")?.[0]
  if (json === undefined || context.flags.attestationsDisabled) return undefined
  const identity = requiredIdentity(uploader)
  const accepted =
    identity instanceof Refusal
      ? identity
      : acceptAttestations({ json, identity, filename, sha256, trust: context.options.trust() })
  if (!(accepted instanceof Refusal)) return accepted
  return new Refusal(400, `Invalid attestations supplied during upload: ${accepted.message}`)
}

function store({ context, project, metadata }: Upload, opened: Opened, file: StoredFile): void {
  const release = findRelease(project, metadata.version) ?? newRelease(context, project, metadata)
  release.files.push({
    ...file,
    ...(opened.metadata === undefined ? {} : { metadata: context.store.put(opened.metadata) }),
  })
  project.name = metadata.name
  context.state.projects[normalizeName(project.name)] = project
  touch(context.state, project)
  context.save()
}

function newRelease(context: IndexContext, project: Project, metadata: CoreMetadata): Release {
  const release: Release = {
    version: metadata.version,
    created: context.clock(),
    metadata: metadata.fields,
    files: [],
  }
  project.releases.push(release)
  return release
}
