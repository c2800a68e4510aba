import type { Finding } from "./check.ts"
import type { Statement } from "./statement.ts"

const OTHERS: readonly { readonly prefix: string; readonly what: string; readonly tool: string }[] =
  [
    { prefix: "pkg:npm/", what: "an npm package", tool: "npm audit signatures" },
    { prefix: "pkg:docker/", what: "a container image", tool: "cosign verify-attestation" },
    { prefix: "pkg:oci/", what: "a container image", tool: "cosign verify-attestation" },
  ]

/** Says what a statement is about where that is nothing of ours: container images and npm packages have rules of their own. */
export function outOfScope({ subjects }: Statement): Finding | undefined {
  for (const { name = "" } of subjects) {
    const other = OTHERS.find(({ prefix }) => name.startsWith(prefix))
    if (other !== undefined) {
      return {
        expected: "a statement about a Python distribution or a plain file",
        found: `one about ${other.what}, ${name}: use ${other.tool}`,
      }
    }
  }
  return undefined
}
