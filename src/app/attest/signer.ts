import { WheelproofError } from "../../core/errors.ts"
import type { TokenCredentials } from "../../core/token-credentials.ts"
import { identify } from "../../ci/identify.ts"
import { type ConfiguredIssuer, parseConfiguredIssuer } from "../../ci/issuers.ts"
import type { BuildContext } from "../../formats/build-context.ts"
import {
  type ChosenServices,
  chooseIdentityProvider,
  chooseServices,
  identityProvidersAt,
} from "../../formats/choose-services.ts"
import {
  MAX_SIGNING_CONFIG_BYTES,
  parseSigningConfig,
  type SigningConfig,
} from "../../formats/signing-config.ts"
import { readSigningKey, type SigningKey } from "../../sigstore/sign/key.ts"
import { SIGNING_CONFIGS } from "../../sigstore/trust/targets.ts"
import type { AttestEffects } from "./effects.ts"
import type { AttestRequest, AttestWatch } from "./request.ts"

/** Who signs: the holder of a key, or whoever a verified token is of, by the services of an instance. */
export type Signer =
  | {
      readonly kind: "key"
      readonly context: BuildContext
      readonly key: SigningKey
    }
  | {
      readonly kind: "identity"
      readonly context: BuildContext
      readonly credentials: TokenCredentials
      readonly services: ChosenServices
    }

const MAX_SECRET_BYTES = 65_536

/** Finds out who signs, by the request and the environment. Throws `ERR_IDENTITY`, `ERR_CONFIG`, `ERR_USAGE`, `ERR_OFFLINE`, `ERR_NETWORK`. */
export async function findSigner(
  request: AttestRequest,
  effects: AttestEffects,
  watch: AttestWatch,
): Promise<Signer> {
  if (request.key !== undefined) {
    const pem = await readSecret(request.key, "--key", effects)
    const what = request.key === "-" ? "the key from standard input" : request.key
    return { kind: "key", context: { kind: "key" }, key: readSigningKey(pem, what) }
  }
  if (request.offline) {
    throw new WheelproofError(
      "ERR_OFFLINE",
      "signing asks an identity provider, a certificate authority and a log, and --offline forbids it",
      { hint: "a key of your own signs offline: --key" },
    )
  }
  const configured = request.issuers.map(parseConfiguredIssuer)
  const config = await readSigningConfig(request, effects)
  const { context, credentials } = await identify(
    {
      environment: effects.environment,
      given: await readToken(request, effects),
      issuers: [...configured, ...providers(config, effects.now())],
    },
    {
      ...effects,
      signIn: request.interactive
        ? () => effects.signIn(chooseIdentityProvider(config, effects.now()), watch.signIn)
        : undefined,
    },
  )
  const { logVersion } = request
  const services = chooseServices(config, { now: effects.now(), logVersion })
  return { kind: "identity", context, credentials, services }
}

/** The providers that the signing config names: whoever configures an instance names whom it trusts to know people. */
function providers(config: SigningConfig, now: number): readonly ConfiguredIssuer[] {
  return identityProvidersAt(config, now).map((url) => ({
    issuer: url.href.replace(/\/$/, ""),
    keysAt: url,
  }))
}

async function readSigningConfig(
  { signingConfig, trustedRoot, logVersion }: AttestRequest,
  { files, trust }: AttestEffects,
): Promise<SigningConfig> {
  if (signingConfig !== undefined) {
    return parseSigningConfig(files.read(signingConfig, MAX_SIGNING_CONFIG_BYTES), signingConfig)
  }
  const name = SIGNING_CONFIGS[logVersion]
  const bytes = (await trust.signingConfigs()).get(name)
  if (bytes !== undefined) return parseSigningConfig(bytes, name)
  const where = trustedRoot === undefined ? "the trust root's repository" : trustedRoot
  throw new WheelproofError("ERR_USAGE", `${where} does not say which services to sign with`, {
    hint: "name the signing config of the same instance with --signing-config",
  })
}

async function readToken(
  { identityToken }: AttestRequest,
  effects: AttestEffects,
): Promise<string | undefined> {
  if (identityToken === undefined) return undefined
  if (/^eyJ[\w-]+\./.test(identityToken)) {
    throw new WheelproofError("ERR_USAGE", "--identity-token takes a file, not the token itself", {
      hint: "every process of the machine can read a command line: put the token in a file or in SIGSTORE_ID_TOKEN, or pipe it to `--identity-token -`",
    })
  }
  return readSecret(identityToken, "--identity-token", effects)
}

async function readSecret(
  file: string,
  flag: string,
  { files, readStdin }: AttestEffects,
): Promise<string> {
  const bytes =
    file === "-" ? await readStdin(MAX_SECRET_BYTES) : files.read(file, MAX_SECRET_BYTES)
  const text = Buffer.from(bytes).toString("latin1")
  if (text.trim() !== "") return text
  throw new WheelproofError("ERR_USAGE", `the file of ${flag} is empty`)
}
