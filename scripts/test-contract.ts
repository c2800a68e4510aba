import { spawnSync } from "node:child_process"
import process from "node:process"

import { installPeer } from "../test/real/peers.ts"

/**
 * Holds the contracts of the local world's services to the real ones, which are built first where they are not there. Arguments are for
 * vitest, such as the name of one file.
 */
for (const name of ["fulcio", "timestamp-authority", "rekor-tiles"] as const) installPeer(name)
const words = ["run", "--config", "vitest.contract.config.ts", ...process.argv.slice(2)]
process.exitCode = spawnSync("vitest", words, { stdio: "inherit" }).status ?? 1
