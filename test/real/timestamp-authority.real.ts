import { afterAll, beforeAll, describe } from "vitest"

import { describeTimestampAuthority } from "../contract/timestamp-authority.ts"
import { findPeer, startPeer, type Peer } from "./peer.ts"

const program = findPeer("timestamp-server")

describe.skipIf(program === undefined)("real", () => {
  let peer: Peer
  beforeAll(async () => {
    peer = await startPeer(program ?? "", "/ping", (_folder, [port]) => [
      "serve",
      "--host=127.0.0.1",
      `--port=${port}`,
      "--timestamp-signer=memory",
      "--disable-ntp-monitoring",
    ])
  }, 120_000)
  afterAll(() => peer.close())

  describeTimestampAuthority("timestamp-authority v2.1.5", {
    url: () => peer.url,
    certificates: 3,
  })
})
