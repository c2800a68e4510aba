import { IN_TOTO_PAYLOAD_TYPE, preAuthenticationEncoding } from "../../core/dsse.ts"
import type { Expectation } from "../../core/expectation.ts"
import type { TokenCredentials } from "../../core/token-credentials.ts"
import type { TrustedInstance } from "../../core/trust.ts"
import type { ChosenServices } from "../../formats/choose-services.ts"
import { parseStatement } from "../../formats/statement.ts"
import { bundleText } from "../../formats/write-bundle.ts"
import type { HttpClient, HttpLimits } from "../../io/http.ts"
import { createCredentialSource } from "../../sigstore/sign/credential.ts"
import type { SigningKey } from "../../sigstore/sign/key.ts"
import { createRekorV1Writer } from "../../sigstore/sign/rekor-v1.ts"
import { createRekorV2Writer } from "../../sigstore/sign/rekor-v2.ts"
import { type Journal, signBatch, type SignedItem } from "../../sigstore/sign/sign-batch.ts"
import { requestTimestamp } from "../../sigstore/sign/timestamp.ts"
import type { PlannedStatement } from "./plan.ts"
import type { Prove, Proven } from "./prove.ts"

/** A statement that was signed, and proved from its own bytes. */
export type Attestation = SignedItem<Proven>

/** What came of signing. */
export interface Signatures {
  /** By the id of the statement. */
  readonly attestations: ReadonlyMap<string, Attestation>
  readonly certificates: number
}

/** What Sigstore signs with. */
export interface SigstoreTools {
  readonly services: ChosenServices
  readonly instances: readonly TrustedInstance[]
  readonly credentials: TokenCredentials
  readonly expectation: Expectation
  readonly http: HttpClient
  readonly limits: Omit<HttpLimits, "maxBytes">
  readonly concurrency: number
  readonly prove: Prove
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Signs statements with a certificate of the instance that the services are of. Throws `ERR_SIGNING`, `ERR_NETWORK` and `ERR_IDENTITY`. */
export async function signWithSigstore(
  statements: readonly PlannedStatement[],
  tools: SigstoreTools,
  journal: Journal,
  onFinished: (name: string) => void,
): Promise<Signatures> {
  const { services, http, limits, prove } = tools
  const credentials = createCredentialSource({
    ...tools,
    authority: services.certificateAuthority,
  })
  const createWriter = services.logVersion === 1 ? createRekorV1Writer : createRekorV2Writer
  const items = statements.map((statement) => ({
    id: statement.id,
    unsigned: { kind: "statement", payload: statement.payload } as const,
    prove: (bundle: string) => prove(bundle, statement),
  }))
  const names = new Map(statements.map(({ id, subject }) => [id, subject.name]))
  const signed = await signBatch(
    items,
    {
      ...tools,
      credentials,
      journal,
      logs: services.logs.map((log) => createWriter(log, http, limits)),
      stamp: (signature) =>
        Promise.all(
          services.timestampAuthorities.map((authority) =>
            requestTimestamp(authority, signature, http, limits),
          ),
        ),
    },
    ({ id }) => onFinished(names.get(id) ?? ""),
  )
  return {
    attestations: new Map(items.flatMap(({ id }, index) => pair(id, signed[index]))),
    certificates: credentials.issued(),
  }
}

function pair<Value>(id: string, value: Value | undefined): readonly (readonly [string, Value])[] {
  return value === undefined ? [] : [[id, value]]
}

/** Signs statements with a key of the user's own: no certificate, no log, no time. Throws `ERR_SIGNING` for a signature that does not hold. */
export function signWithKey(
  statements: readonly PlannedStatement[],
  key: SigningKey,
  { prove, written }: { readonly prove: Prove; readonly written: ReadonlyMap<string, string> },
): Signatures {
  const attestations = statements.map((statement): [string, Attestation] => {
    const left = written.get(statement.id)
    const bundle = left ?? signOne(statement.payload, key)
    const proven = prove(bundle, statement)
    return [statement.id, { proven, bundle, resumed: left !== undefined }]
  })
  return { attestations: new Map(attestations), certificates: 0 }
}

function signOne(payload: Uint8Array, { publicKey, sign }: SigningKey): string {
  return bundleText({
    content: {
      kind: "dsse",
      payloadType: IN_TOTO_PAYLOAD_TYPE,
      payload,
      signatures: [
        { sig: sign(preAuthenticationEncoding(IN_TOTO_PAYLOAD_TYPE, payload)), keyid: "" },
      ],
      statement: parseStatement(payload),
    },
    material: { kind: "key", hint: publicKey.fingerprint },
    entries: [],
    timestamps: [],
  })
}
