import type { Shape } from "../core/shape.ts"
import { encodeForm, formContentType, type FormPart } from "../formats/multipart.ts"
import { refusal } from "./answer.ts"
import { limitsOf, type StoreAccess, type UploadToken } from "./trusted-publishing.ts"

/** Where and as whom to upload. */
export interface IndexAccount {
  /** The legacy upload API's address. */
  readonly uploadUrl: URL
  readonly token: UploadToken
  /** A fresh random boundary for each form. */
  readonly boundary: () => string
}

/**
 * Uploads one file (PyPI's legacy API: one form, one file). Resolves when the index has stored it, or has the very same file already.
 * Throws `ERR_REFUSED` with the index's own words, and `ERR_NETWORK`.
 */
export async function sendUpload(
  form: readonly FormPart[],
  { uploadUrl, token, boundary }: IndexAccount,
  access: StoreAccess,
): Promise<void> {
  const line = boundary()
  const credentials = Buffer.from(`__token__:${token.token}`, "utf8").toString("base64")
  const answer = await access.http.send(uploadUrl, {
    ...limitsOf(access),
    method: "POST",
    headers: {
      authorization: `Basic ${credentials}`,
      // Its errors are structured only for those who ask.
      accept: "application/json",
      "content-type": formContentType(line),
    },
    body: encodeForm(form, line),
  })
  if (answer.status !== 200) throw refusal(answer, uploadUrl, "the upload", messageOf)
}

// Over HTTP/2 there is no reason phrase, so PyPI repeats it as the code.
function messageOf(answer: Shape): string | undefined {
  return answer.optionalString("code")?.replace(/^\d{3} /, "") ?? answer.optionalString("message")
}
