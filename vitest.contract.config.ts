import { defineConfig, type ViteUserConfig } from "vitest/config"

import { CountReporter } from "./test/support/count-reporter.ts"

/** The contracts of the local world's services, held to the real ones. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/real/**/*.real.ts"],
    reporters: ["default", new CountReporter()],
    testTimeout: 30_000,
  },
})

export default config
