import { WheelproofError } from "../core/errors.ts"

type Variables = Readonly<Record<string, string | undefined>>

/** Variables that hold, or lead to, what signs and uploads a release. A build needs none of them, and runs code of many people. */
const CREDENTIALS: readonly RegExp[] = [
  /^ACTIONS_ID_TOKEN_REQUEST_(?:TOKEN|URL)$/,
  /^ACTIONS_RUNTIME_TOKEN$/,
  /^CIRCLE_OIDC_TOKEN(?:_V2)?$/,
  /_ID_TOKEN$/,
  /^TWINE_(?:PASSWORD|USERNAME)$/,
  /^UV_PUBLISH_(?:TOKEN|PASSWORD|USERNAME)$/,
  /^(?:HATCH_INDEX_AUTH|FLIT_PASSWORD|PDM_PUBLISH_PASSWORD|MATURIN_PYPI_TOKEN|MATURIN_PASSWORD)$/,
  /^POETRY_PYPI_TOKEN_/,
]

/** The variables that build tools see: the user's, without credentials for signing and publishing, and with what makes builds alike. */
export function buildEnvironment(
  environment: Variables,
  epoch: number | undefined,
): Readonly<Record<string, string>> {
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || CREDENTIALS.some((pattern) => pattern.test(name))
      ? []
      : [[name, value] as const],
  )
  return {
    // Sets and dictionaries keys in the same order in each run; a time zone for what asks for local time.
    PYTHONHASHSEED: "0",
    TZ: "UTC",
    ...Object.fromEntries(kept),
    ...(epoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(epoch) }),
  }
}

/** The names of the variables that a build does not see. */
export function withheldVariables(environment: Variables): readonly string[] {
  return Object.keys(environment)
    .filter((name) => environment[name] !== undefined)
    .filter((name) => CREDENTIALS.some((pattern) => pattern.test(name)))
    .toSorted()
}

/** `SOURCE_DATE_EPOCH` as its specification has it. Throws `ERR_CONFIG` for what is no such number. */
export function readSourceDateEpoch(environment: Variables): number | undefined {
  const text = environment["SOURCE_DATE_EPOCH"]
  if (text === undefined || text === "") return undefined
  if (/^[0-9]{1,11}$/.test(text)) return Number(text)
  throw new WheelproofError("ERR_CONFIG", "SOURCE_DATE_EPOCH is not a number of seconds since 1970")
}
