import { defineConfig, type ViteUserConfig } from "vitest/config"

import { CountReporter } from "./test/support/count-reporter.ts"

/** The whole rehearsal with real builds, which need the package index that pip is configured with. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/real/**/*.rehearsal.ts"],
    reporters: ["default", new CountReporter()],
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
})

export default config
