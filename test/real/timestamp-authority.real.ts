import { afterAll, beforeAll, describe } from "vitest"

import { describeTimestampAuthority } from "../contract/timestamp-authority.ts"
import { PEERS } from "./peers.ts"
import { findService, startReal, type RealService } from "./real-service.ts"

const program = findService("timestamp-authority")

describe.skipIf(program === undefined)("real", () => {
  let peer: RealService
  beforeAll(async () => {
    peer = await startReal(program ?? "", "/ping", (_folder, [port]) => [
      "serve",
      "--host=127.0.0.1",
      `--port=${port}`,
      "--timestamp-signer=memory",
      "--disable-ntp-monitoring",
    ])
  }, 120_000)
  afterAll(() => peer.close())

  describeTimestampAuthority(`timestamp-authority v${PEERS["timestamp-authority"].version}`, {
    url: () => peer.url,
    certificates: 3,
  })
})
