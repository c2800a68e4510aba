/** Endings of evidence files that stand beside the file they are about, most telling first. */
const EVIDENCE_ENDINGS = [
  ".provenance",
  ".publish.attestation",
  ".slsa.attestation",
  ".attestation",
  ".sigstore.json",
  ".sigstore",
  ".intoto.jsonl",
  ".intoto.build.slsa",
  ".build.slsa",
] as const

/** Evidence for all files of a release, by the names that the generators give it. */
const SHARED_EVIDENCE = [
  "multiple.intoto.jsonl",
  "provenance.intoto.jsonl",
  "attestations.jsonl",
] as const

const OTHER_ENDINGS = [
  ".jsonl",
  ".asc",
  ".sig",
  ".crt",
  ".pem",
  ".metadata",
  ".sha256",
  ".md5",
  ".rekor",
]
const OTHER_NAMES = ["sha256sums", "sha256sum", "sha256sums.txt", "md5sums", "checksums.txt"]

/** The names of evidence files to look for beside a file. */
export function sidecarNames(filename: string): readonly string[] {
  return [...EVIDENCE_ENDINGS.map((ending) => `${filename}${ending}`), ...SHARED_EVIDENCE]
}

/** Whether a file, by its name, stands beside others and is not itself a distribution: evidence, signatures, checksums. */
export function isSidecarName(filename: string): boolean {
  const name = filename.toLowerCase()
  return (
    [...EVIDENCE_ENDINGS, ...OTHER_ENDINGS].some((ending) => name.endsWith(ending)) ||
    OTHER_NAMES.includes(name)
  )
}
