import { writeFileSync } from "node:fs"

import { renderApiDocs } from "./docs/api.ts"
import { renderChecksDocs } from "./docs/checks.ts"
import { renderCliDocs } from "./docs/cli.ts"
import { renderDistributionDocs } from "./docs/distributions.ts"
import { renderExampleFiles } from "./docs/example-files.ts"

/** The pages that are made from the source, and by what. A test compares them. */
export const GENERATED: Readonly<Record<string, () => string>> = {
  "docs/api.md": renderApiDocs,
  "docs/checks.md": renderChecksDocs,
  "docs/cli.md": renderCliDocs,
  "docs/distributions.md": renderDistributionDocs,
  "src/app/rehearse/example-files.ts": renderExampleFiles,
}

if (import.meta.main) {
  for (const [file, render] of Object.entries(GENERATED)) writeFileSync(file, render())
}
