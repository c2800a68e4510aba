import { readFileSync } from "node:fs"
import path from "node:path"

import { afterAll, beforeAll, describe } from "vitest"

import { describeRekorV1 } from "../contract/rekor-v1.ts"
import { hasMariaDb, startMariaDb } from "./mariadb.ts"
import { goModules, PEERS } from "./peers.ts"
import { findService, startReal, type RealService } from "./real-service.ts"

const HOSTNAME = "rekor.example"
const programs = {
  rekor: findService("rekor"),
  log: findService("trillian-log-server"),
  signer: findService("trillian-log-signer"),
}
const isHere = hasMariaDb() && Object.values(programs).every((program) => program !== undefined)

describe.skipIf(!isHere)("real", () => {
  const services: RealService[] = []
  let url = ""
  beforeAll(async () => {
    const { version } = PEERS["trillian-log-server"]
    const schema = `github.com/google/trillian@v${version}/storage/mysql/schema/storage.sql`
    const database = await startMariaDb()
    services.push(database)
    database.execute(readFileSync(path.join(goModules(), schema), "utf8"))
    const storage = ["--storage_system=mysql", `--mysql_uri=${database.address}`]
    const trillian = (program: string | undefined, more: readonly string[]): Promise<RealService> =>
      startReal({
        program: program ?? "",
        words: (_folder, [rpc, http]) => [
          ...storage,
          `--rpc_endpoint=127.0.0.1:${rpc}`,
          `--http_endpoint=127.0.0.1:${http}`,
          ...more,
        ],
      })
    const log = await trillian(programs.log, [])
    services.push(log)
    services.push(
      await trillian(programs.signer, [
        "--force_master",
        "--batch_size=100",
        "--sequencer_interval=50ms",
      ]),
    )
    const rekor = await startReal({
      program: programs.rekor ?? "",
      words: (_folder, [port]) => [
        "serve",
        `--port=${port}`,
        "--rekor_server.address=127.0.0.1",
        `--rekor_server.hostname=${HOSTNAME}`,
        "--rekor_server.signer=memory",
        `--trillian_log_server.port=${log.port}`,
        "--search_index.storage_provider=mysql",
        `--search_index.mysql.dsn=${database.address}`,
      ],
    })
    services.push(rekor)
    url = rekor.url
  }, 300_000)
  afterAll(async () => {
    for (const service of services.toReversed()) await service.close()
  })

  describeRekorV1(`Rekor v${PEERS.rekor.version}`, { url: () => url, hostname: HOSTNAME })
})
