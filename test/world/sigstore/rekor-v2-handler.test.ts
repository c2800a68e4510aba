import { afterAll, beforeAll, expect, test } from "vitest"

import { startService, type Service } from "../../../src/world/http/service.ts"
import { createRekorV2Handler } from "../../../src/world/sigstore/rekor-v2-handler.ts"
import { createRekorV2 } from "../../../src/world/sigstore/rekor-v2.ts"
import { describeRekorV2 } from "../../contract/rekor-v2.ts"

const log = createRekorV2({ baseUrl: "http://127.0.0.1:1" })

let service: Service
beforeAll(async () => {
  service = await startService(createRekorV2Handler(log))
})
afterAll(() => service.close())

describeRekorV2("the local Rekor v2", {
  url: () => service.url,
  publicKey: () => log.publicKey,
  origin: "127.0.0.1",
  servesTiles: true,
})

test("a log of more than one tile has whole tiles, and tiles of tiles", async () => {
  const large = createRekorV2()
  for (let index = 0; index < 1_100; index += 1) large.add(Buffer.from(String(index)))
  const handler = createRekorV2Handler(large)
  const size = async (path: string): Promise<number> => {
    const response = await handler(new Request(`http://rekor.test/api/v2/tile/${path}`))
    return response.status === 200 ? (await response.arrayBuffer()).byteLength / 32 : 0
  }
  expect(await size("0/000")).toBe(256)
  expect(await size("0/000.p/7")).toBe(7)
  expect(await size("0/003")).toBe(256)
  expect(await size("0/004")).toBe(0)
  expect(await size("0/004.p/76")).toBe(76)
  expect(await size("0/004.p/77")).toBe(0)
  expect(await size("1/000")).toBe(0)
  expect(await size("1/000.p/4")).toBe(4)
  expect(await size("0/x001/000")).toBe(0)
})
