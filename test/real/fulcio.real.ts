import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import path from "node:path"

import { afterAll, beforeAll, describe } from "vitest"

import { startService, type Service } from "../../src/world/http/service.ts"
import { createIssuerHandler, loopbackIssuer } from "../../src/world/oidc/issuer-handler.ts"
import { createTokenIssuer } from "../../src/world/oidc/issuer.ts"
import { PROVIDER_NAMES, PROVIDERS } from "../../src/world/oidc/providers.ts"
import { describeFulcio } from "../contract/fulcio.ts"
import { PEERS } from "./peers.ts"
import { findService, startReal, type RealService } from "./real-service.ts"

const VERSION = `v${PEERS.fulcio.version}`
const program = findService("fulcio")
const issuer = await createTokenIssuer(Date.now)

/** Our issuers under the rules that Fulcio's own configuration has for the public ones. */
function configuration(origin: string): string {
  const file = `github.com/sigstore/fulcio@${VERSION}/config/identity/config.yaml`
  const modules = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim()
  const yaml = readFileSync(path.join(modules, file), "utf8")
  const from = (start: string, end?: string): string =>
    yaml.slice(yaml.indexOf(start), end === undefined ? undefined : yaml.indexOf(end))
  const issuers = PROVIDER_NAMES.map((name) => {
    const provider = PROVIDERS[name]
    const url = loopbackIssuer(origin, name)
    const rules =
      provider.kind === "email"
        ? { type: "email", "issuer-claim": `$.${provider.issuerClaim.join(".")}` }
        : { type: "ci-provider", "ci-provider": provider.ciProvider }
    // JSON is YAML.
    return `  ${JSON.stringify(url)}: ${JSON.stringify({ "issuer-url": url, "client-id": "sigstore", ...rules })}\n`
  })
  const head = [from("define:", "oidc-issuers:"), "oidc-issuers:\n"]
  return [...head, ...issuers, from("ci-issuer-metadata:")].join("")
}

describe.skipIf(program === undefined)("real", () => {
  let service: Service
  let peer: RealService
  beforeAll(async () => {
    service = await startService(createIssuerHandler(issuer, new Map()))
    peer = await startReal(program ?? "", "/api/v2/configuration", (folder, ports) => {
      const config = path.join(folder, "fulcio.yaml")
      writeFileSync(config, configuration(service.url))
      const [http, grpc, metrics] = ports
      return [
        "serve",
        `--config-path=${config}`,
        "--ca=ephemeralca",
        "--ct-log-url=",
        "--host=127.0.0.1",
        `--port=${http}`,
        "--grpc-host=127.0.0.1",
        `--grpc-port=${grpc}`,
        `--metrics-port=${metrics}`,
        `--legacy-unix-domain-socket=${path.join(folder, "socket")}`,
      ]
    })
  }, 120_000)
  afterAll(async () => {
    await peer.close()
    await service.close()
  })

  describeFulcio(`Fulcio ${VERSION}`, {
    url: () => peer.url,
    mint: (provider, claims, options) =>
      issuer.mint(provider, claims, {
        audience: "sigstore",
        issuer: loopbackIssuer(service.url, provider),
        ...options,
      }),
    issuer: (provider) => loopbackIssuer(service.url, provider),
    hasCtLog: false,
    authorities: 1,
  })
})
