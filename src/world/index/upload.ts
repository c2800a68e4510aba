import { normalizeName } from "../../packaging/name.ts"
import type { RouteHandler } from "../http/handler.ts"
import { checkContent, openDistribution, type Opened } from "./archives.ts"
import { acceptAttestations } from "./attestations.ts"
import { contentDigests } from "./content-digests.ts"
import type { IndexContext } from "./context.ts"
import { checkFilename, checkSdistName, checkWheelName } from "./file-name.ts"
import { type CoreMetadata, parseMetadata } from "./metadata.ts"
import { pythonText } from "./python-text.ts"
import { Refusal, renderRefusal } from "./refusal.ts"
import {
  findFile,
  findProject,
  findRelease,
  newProject,
  type Project,
  type Release,
  type StoredFile,
  touch,
} from "./state.ts"
import { checkPermission, identify, requiredIdentity, type Uploader } from "./tokens.ts"
import { readUploadForm, type UploadForm } from "./upload-form.ts"

const MIB = 2 ** 20
const GIB = 2 ** 30
const DAY = 86_400_000
/** Days after its first file in which a release takes more. */
const OPEN_DAYS = 14

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

/** An upload whose form, metadata and permissions were found right. */
interface Upload {
  readonly context: IndexContext
  readonly uploader: Uploader
  readonly form: UploadForm
  readonly metadata: CoreMetadata
  readonly project: Project
  readonly content: File
  readonly helpUrl: HelpUrl
}

type HelpUrl = (anchor: string) => string

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
  if (content.type === "" || content.type.startsWith("image/")) {
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

function checkSize(
  { context: { options }, project, helpUrl }: Upload,
  { byteLength }: Uint8Array,
): Refusal | undefined {
  const { maxFileBytes, maxProjectBytes } = options
  const name = pythonText(project.name)
  if (byteLength > maxFileBytes) {
    return new Refusal(
      400,
      `File too large. Limit for project ${name} is ${Math.floor(maxFileBytes / MIB)} MB. See ${helpUrl("file-size-limit")} for more information.`,
    )
  }
  const files = project.releases.flatMap((release) => release.files)
  const total = files.reduce((sum, { size }) => sum + size, byteLength)
  if (total <= maxProjectBytes) return undefined
  return new Refusal(
    400,
    `Project size too large. Limit for project ${name} total size is ${Math.floor(maxProjectBytes / GIB)} GB. See ${helpUrl("project-size-limit")}`,
  )
}

// Of the digests that were given, every one has to be right.
function checkDigests(
  { digests: given }: UploadForm,
  digests: StoredFile["digests"],
): Refusal | undefined {
  const isRight =
    (given.md5 ?? digests.md5) === digests.md5 &&
    (given.sha256 ?? digests.sha256) === digests.sha256 &&
    (given.blake2b ?? digests.blake2b) === digests.blake2b
  if (isRight) return undefined
  return new Refusal(
    400,
    "The digest supplied does not match a digest calculated from the uploaded file.",
  )
}

/**
 * What the index says of a file because of what it has already: `"same"` for the very file, of which nothing is stored again, its
 * attestations neither; a refusal for another file of that name, a name that was deleted, a release that is closed, a second sdist.
 */
function checkKnown(
  upload: Upload,
  filename: string,
  { sha256, blake2b }: StoredFile["digests"],
): Refusal | "same" | undefined {
  const { context, form, helpUrl } = upload
  const known = findFile(
    context.state,
    (file) => file.filename === filename || file.digests.blake2b === blake2b,
  )?.file
  if (known !== undefined) {
    if (known.filename === filename && known.digests.sha256 === sha256) return "same"
    return new Refusal(
      400,
      `File already exists (${pythonText(filename)}, with blake2_256 hash ${pythonText(blake2b)}). See ${helpUrl("file-name-reuse")} for more information.`,
    )
  }
  if (context.state.deleted.includes(filename)) {
    return new Refusal(
      400,
      `This filename was previously used by a file that has since been deleted. Use a different version. See ${helpUrl("file-name-reuse")} for more information.`,
    )
  }
  return checkRelease(upload, form.filetype)
}

function checkRelease(
  { context, project, metadata }: Upload,
  filetype: UploadForm["filetype"],
): Refusal | undefined {
  const release = findRelease(project, metadata.version)
  if (release === undefined) return undefined
  if (context.clock() - release.created > OPEN_DAYS * DAY) {
    return new Refusal(
      400,
      `Uploading new files to releases older than ${OPEN_DAYS} days is not allowed.`,
    )
  }
  const hasSdist = filetype === "sdist" && release.files.some(({ type }) => type === "sdist")
  return hasSdist ? new Refusal(400, "Only one sdist may be uploaded per release.") : undefined
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
