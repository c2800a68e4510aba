/** How one text for `base64-subjects` is read. */
export interface SubjectVerdict {
  /** The text, by the name that the generator's test vectors give it. */
  readonly id: string
  readonly text: string
  /** Whether the SLSA generic generator takes it. */
  readonly generator: "takes" | "refuses"
  readonly wheelproof: "takes" | "refuses"
  /** Why the two differ, or what is worth knowing. */
  readonly note?: string
}

const EMPTY_NOTE = "the generator's parser returns an empty list, and the generator then refuses it"
const SEPARATOR_NOTE = "a name with a line separator in it reads as two lines in other programs"

/** Every one of the 42 vectors of the generator's subject parser; test/formats/checksums.test.ts runs them. */
export const SUBJECT_VERDICTS: readonly SubjectVerdict[] = [
  { id: "two-space", text: "digest, two spaces, name", generator: "takes", wheelproof: "takes" },
  { id: "one-space", text: "digest, one space, name", generator: "takes", wheelproof: "takes" },
  { id: "tab", text: "digest, tab, name", generator: "takes", wheelproof: "takes" },
  {
    id: "binary-star",
    text: "digest, space, star, name (`sha256sum -b`)",
    generator: "takes",
    wheelproof: "takes",
    note: "the generator keeps the star in the name, which then matches no file; here it is the marker that it is",
  },
  {
    id: "backslash-escaped",
    text: "a line that `sha256sum` escaped",
    generator: "refuses",
    wheelproof: "refuses",
  },
  {
    id: "upper-hex",
    text: "upper-case digits",
    generator: "takes",
    wheelproof: "takes",
    note: "both write them in lower case",
  },
  {
    id: "name-with-spaces",
    text: "spaces within the name",
    generator: "takes",
    wheelproof: "takes",
  },
  {
    id: "leading-ws",
    text: "white space before the digest",
    generator: "takes",
    wheelproof: "takes",
  },
  { id: "crlf", text: "lines that end in CRLF", generator: "takes", wheelproof: "takes" },
  {
    id: "cr-only",
    text: "lines that end in CR alone",
    generator: "takes",
    wheelproof: "refuses",
    note: "the generator makes one name of both lines: a control character in a name",
  },
  { id: "blank-lines", text: "blank lines", generator: "takes", wheelproof: "takes" },
  {
    id: "no-trailing-newline",
    text: "no newline at the end",
    generator: "takes",
    wheelproof: "takes",
  },
  { id: "sha-only", text: "a digest without a name", generator: "refuses", wheelproof: "refuses" },
  {
    id: "sha-then-spaces",
    text: "a digest and spaces",
    generator: "refuses",
    wheelproof: "refuses",
  },
  {
    id: "short-hash",
    text: "a digest that is too short",
    generator: "refuses",
    wheelproof: "refuses",
  },
  { id: "sha512", text: "a SHA-512 digest", generator: "refuses", wheelproof: "refuses" },
  {
    id: "dup-same",
    text: "a name twice, with one digest",
    generator: "refuses",
    wheelproof: "refuses",
  },
  {
    id: "dup-diff",
    text: "a name twice, with two digests",
    generator: "refuses",
    wheelproof: "refuses",
  },
  {
    id: "same-digest-two-names",
    text: "two names with one digest",
    generator: "takes",
    wheelproof: "takes",
  },
  {
    id: "dup-after-trim",
    text: "a name twice but for white space",
    generator: "refuses",
    wheelproof: "refuses",
  },
  {
    id: "case-differs",
    text: "names that differ by case",
    generator: "takes",
    wheelproof: "takes",
  },
  {
    id: "path-in-name",
    text: "a path for a name",
    generator: "takes",
    wheelproof: "refuses",
    note: "a subject's name is a name; whoever uses it as a path writes where an attacker says",
  },
  {
    id: "dot-slash",
    text: "`./` before the name",
    generator: "takes",
    wheelproof: "refuses",
    note: "a path",
  },
  { id: "comment-line", text: "a comment", generator: "refuses", wheelproof: "refuses" },
  {
    id: "bsd-tag-format",
    text: "BSD's form, `SHA256 (name) = digest`",
    generator: "refuses",
    wheelproof: "refuses",
  },
  {
    id: "nul-in-name",
    text: "a NUL in the name",
    generator: "takes",
    wheelproof: "refuses",
    note: "a control character",
  },
  {
    id: "invalid-utf8",
    text: "a name that is not UTF-8",
    generator: "takes",
    wheelproof: "refuses",
    note: "the generator's statement has another name than the file",
  },
  {
    id: "unicode-nbsp-lead",
    text: "a no-break space before the name",
    generator: "takes",
    wheelproof: "takes",
    note: "both cut it off",
  },
  {
    id: "unicode-linesep",
    text: "U+2028 within the name",
    generator: "takes",
    wheelproof: "refuses",
    note: SEPARATOR_NOTE,
  },
  {
    id: "line-64k",
    text: "a line of over 65,536 bytes",
    generator: "refuses",
    wheelproof: "refuses",
  },
  { id: "line-65400", text: "a name of 65,400 letters", generator: "takes", wheelproof: "takes" },
  { id: "empty", text: "nothing", generator: "takes", wheelproof: "refuses", note: EMPTY_NOTE },
  {
    id: "whitespace-only",
    text: "white space",
    generator: "takes",
    wheelproof: "refuses",
    note: EMPTY_NOTE,
  },
  { id: "bom", text: "a byte order mark", generator: "refuses", wheelproof: "refuses" },
  { id: "b64-wrapped-newlines", text: "base64 in lines", generator: "takes", wheelproof: "takes" },
  {
    id: "b64-trailing-newline",
    text: "base64 with a newline",
    generator: "takes",
    wheelproof: "takes",
  },
  { id: "b64-spaces", text: "base64 with spaces", generator: "refuses", wheelproof: "refuses" },
  {
    id: "b64-no-padding",
    text: "base64 without padding",
    generator: "refuses",
    wheelproof: "refuses",
  },
  { id: "b64-urlsafe", text: "URL-safe base64", generator: "refuses", wheelproof: "refuses" },
  { id: "b64-garbage", text: "no base64", generator: "refuses", wheelproof: "refuses" },
  {
    id: "b64-two-concatenated-padded",
    text: "two base64 texts",
    generator: "refuses",
    wheelproof: "refuses",
  },
  {
    id: "b64-empty-newline-only",
    text: "a newline",
    generator: "takes",
    wheelproof: "refuses",
    note: EMPTY_NOTE,
  },
]
