import type { IndexContext } from "./context.ts"
import type { CoreMetadata } from "./metadata.ts"
import { pythonText } from "./python-text.ts"
import { Refusal } from "./refusal.ts"
import { findFile, findRelease, type Project, type StoredFile } from "./state.ts"
import type { Uploader } from "./tokens.ts"
import type { UploadForm } from "./upload-form.ts"

const MIB = 2 ** 20
const GIB = 2 ** 30
const DAY = 86_400_000
/** Days after its first file in which a release takes more. */
const OPEN_DAYS = 14

/** An upload whose form, metadata and permissions were found right. */
export interface Upload {
  readonly context: IndexContext
  readonly uploader: Uploader
  readonly form: UploadForm
  readonly metadata: CoreMetadata
  readonly project: Project
  readonly content: File
  readonly helpUrl: HelpUrl
}

/** Makes an address of the index's help page. */
export type HelpUrl = (anchor: string) => string

/** Whether a file is too large for its project, or makes it so. */
export function checkSize(
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

/** Of the digests that were given, every one has to be right. */
export function checkDigests(
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
export function checkKnown(
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
