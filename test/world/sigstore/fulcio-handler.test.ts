import { afterAll, beforeAll, expect, test } from "vitest"

import { startService, type Service } from "../../../src/world/http/service.ts"
import { githubClaims } from "../../../src/world/oidc/claims.ts"
import { createTokenIssuer } from "../../../src/world/oidc/issuer.ts"
import { PROVIDERS } from "../../../src/world/oidc/providers.ts"
import { createCertificateAuthority } from "../../../src/world/sigstore/certificate-authority.ts"
import { createCtLog } from "../../../src/world/sigstore/ct-log.ts"
import { createFulcioHandler } from "../../../src/world/sigstore/fulcio-handler.ts"
import { fulcioIssuers, verifyToken } from "../../../src/world/sigstore/fulcio-issuers.ts"
import { describeFulcio } from "../../contract/fulcio.ts"

const issuer = await createTokenIssuer(Date.now)
const authority = createCertificateAuthority({ now: Date.now(), ctLog: createCtLog() })
const issuers = fulcioIssuers(issuer.keys, "http://oidc.test")

let service: Service
beforeAll(async () => {
  service = await startService(
    createFulcioHandler({ certificateAuthority: authority, issuers, clock: Date.now }),
  )
})
afterAll(() => service.close())

describeFulcio("the local Fulcio", {
  url: () => service.url,
  mint: (provider, claims, options) =>
    issuer.mint(provider, claims, { audience: "sigstore", ...options }),
  issuer: (provider) => PROVIDERS[provider].issuer,
  hasCtLog: true,
  authorities: 2,
})

test.each([
  ["https://token.actions.githubusercontent.com/hammer-time", true],
  ["https://oidc.circleci.com/org/6b2f1c1e", true],
  ["http://oidc.test/github", true],
  ["https://token.actions.githubusercontent.com/a/b", false],
  ["https://token.actions.githubusercontent.com/", false],
  ["https://evil.example/?https://oidc.circleci.com/org/x", false],
  ["https://gitlab.com/x", false],
])("the issuer %s is trusted: %s", async (name, isTrusted) => {
  const token = await issuer.mint(
    "github",
    { ...githubClaims() },
    { audience: "sigstore", issuer: name },
  )
  const outcome = await verifyToken(token, issuers, Date.now()).then(
    (found) => found.issuer,
    String,
  )
  expect(outcome).toBe(isTrusted ? name : `WheelproofError: unsupported issuer: ${name}`)
})
