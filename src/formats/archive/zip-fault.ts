/** The ways in which a zip archive can be read as one thing by one reader and as another by the next. */
export type ZipFault =
  | "framing"
  | "data-descriptor"
  | "comment"
  | "headers-differ"
  | "compression"
  | "member-name"
  | "duplicate"

/** Called for each fault, with PyPI's words for it where PyPI looks for it too. */
export type ZipFaultHandler = (
  fault: ZipFault,
  found: string,
  about: { where?: string; pypi?: string },
) => void
