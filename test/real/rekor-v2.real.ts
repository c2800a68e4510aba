import { writeFileSync } from "node:fs"
import path from "node:path"

import { afterAll, beforeAll, describe } from "vitest"

import { createKeyPair, keepKeyPair } from "../../src/world/crypto/keys.ts"
import { describeRekorV2 } from "../contract/rekor-v2.ts"
import { PEERS } from "./peers.ts"
import { findService, startReal, type RealService } from "./real-service.ts"

const ORIGIN = "rekor.example"
const program = findService("rekor-tiles")
const key = createKeyPair("ed25519")

describe.skipIf(program === undefined)("real", () => {
  let peer: RealService
  beforeAll(async () => {
    peer = await startReal(program ?? "", "/healthz", (folder, [http, grpc, metrics]) => {
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

  describeRekorV2(`rekor-tiles v${PEERS["rekor-tiles"].version}`, {
    url: () => peer.url,
    publicKey: () => key.publicKey,
    origin: ORIGIN,
    servesTiles: false,
  })
})
