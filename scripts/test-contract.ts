import { spawnSync } from "node:child_process"
import process from "node:process"

import { installMariaDb } from "../test/real/mariadb.ts"
import { installPeer, type PeerName } from "../test/real/peers.ts"

const SERVICES: readonly PeerName[] = [
  "fulcio",
  "timestamp-authority",
  "rekor-tiles",
  "rekor",
  "trillian-log-server",
  "trillian-log-signer",
]

/**
 * Holds the contracts of the local world's services to the real ones, which are built first where they are not there. Arguments are for
 * vitest, such as the name of one file.
 */
for (const name of SERVICES) installPeer(name)
installMariaDb()
const words = ["run", "--config", "vitest.contract.config.ts", ...process.argv.slice(2)]
process.exitCode = spawnSync("vitest", words, { stdio: "inherit" }).status ?? 1
