import { writeFileSync } from "node:fs"
import path from "node:path"

import { afterAll, beforeAll, describe } from "vitest"

import { createKeyPair, keepKeyPair } from "../../src/world/crypto/keys.ts"
import { describeRekorV2 } from "../contract/rekor-v2.ts"
import { findPeer, startPeer, type Peer } from "./peer.ts"

const ORIGIN = "rekor.example"
const program = findPeer("posix")
const key = createKeyPair("ed25519")

describe.skipIf(program === undefined)("real", () => {
  let peer: Peer
  beforeAll(async () => {
    peer = await startPeer(program ?? "", "/healthz", (folder, [http, grpc, metrics]) => {
      const file = path.join(folder, "key.pem")
      writeFileSync(file, keepKeyPair(key))
      return [
        "serve",
        `--storage-dir=${path.join(folder, "log")}`,
        `--signer-filepath=${file}`,
        `--hostname=${ORIGIN}`,
        "--http-address=127.0.0.1",
        `--http-port=${http}`,
        "--grpc-address=127.0.0.1",
        `--grpc-port=${grpc}`,
        `--http-metrics-port=${metrics}`,
        "--checkpoint-interval=1s",
      ]
    })
  }, 120_000)
  afterAll(() => peer.close())

  describeRekorV2("rekor-tiles v2.3.0", {
    url: () => peer.url,
    publicKey: () => key.publicKey,
    origin: ORIGIN,
    servesTiles: false,
  })
})
