import type { KeyObject } from "node:crypto"

import type { CertificateAuthority } from "./certificate-authority.ts"
import type { CtLog } from "./ct-log.ts"
import { keyDetails, subjectPublicKeyInfo } from "../crypto/keys.ts"
import type { RekorV1 } from "./rekor-v1.ts"
import type { RekorV2 } from "./rekor-v2.ts"
import type { TimestampAuthority } from "./timestamp-authority.ts"
import {
  base64,
  type TrustedAuthorityJson,
  type TrustedLogJson,
  type TrustedRootJson,
  type ValidForJson,
} from "./wire.ts"

/** A window of validity in milliseconds since 1970; `null` leaves the member out. */
interface Validity {
  readonly start?: number | null
  readonly end?: number | null
}

/** Windows that differ from the usual: from a year before the world's `now`, without an end. */
export interface TrustedRootOptions {
  readonly rekorV1?: Validity
  readonly rekorV2?: Validity
  readonly ctLog?: Validity
  readonly certificateAuthority?: Validity
  readonly timestampAuthority?: Validity
}

/** What a trusted root speaks of. */
export interface TrustedParts {
  /** Milliseconds since 1970. */
  readonly start: number
  readonly certificateAuthority: CertificateAuthority
  readonly ctLog: CtLog
  readonly rekorV1: RekorV1
  readonly rekorV2: RekorV2
  readonly timestampAuthority: TimestampAuthority
}

/** The `trusted_root.json` of these services; a fresh object that the caller may change. */
export function trustedRoot(
  parts: TrustedParts,
  options: TrustedRootOptions = {},
): TrustedRootJson {
  const window = (name: keyof TrustedRootOptions): ValidForJson =>
    validFor({ start: parts.start, ...options[name] })
  const { certificateAuthority, timestampAuthority } = parts
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [
      trustedLog(parts.rekorV1, window("rekorV1")),
      trustedLog(parts.rekorV2, window("rekorV2")),
    ],
    certificateAuthorities: [
      {
        subject: { organization: certificateAuthority.organization, commonName: "sigstore" },
        uri: certificateAuthority.uri,
        ...chain([certificateAuthority.intermediate, certificateAuthority.root]),
        validFor: window("certificateAuthority"),
      },
    ],
    ctlogs: [trustedLog(parts.ctLog, window("ctLog"))],
    timestampAuthorities: [
      {
        subject: {
          organization: timestampAuthority.organization,
          commonName: "sigstore-tsa-selfsigned",
        },
        uri: timestampAuthority.uri,
        ...chain([timestampAuthority.signer.certificate, timestampAuthority.root]),
        validFor: window("timestampAuthority"),
      },
    ],
  }
}

/** One log as a trusted root names it. */
function trustedLog(
  log: { readonly baseUrl: string; readonly publicKey: KeyObject; readonly logId: Uint8Array },
  window: ValidForJson,
): TrustedLogJson {
  return {
    baseUrl: log.baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: base64(subjectPublicKeyInfo(log.publicKey)),
      keyDetails: keyDetails(log.publicKey),
      validFor: window,
    },
    logId: { keyId: base64(log.logId) },
  }
}

function chain(certificates: readonly Uint8Array[]): Pick<TrustedAuthorityJson, "certChain"> {
  return { certChain: { certificates: certificates.map((der) => ({ rawBytes: base64(der) })) } }
}

function validFor({ start, end }: Validity): ValidForJson {
  return {
    ...(typeof start === "number" ? { start: new Date(start).toISOString() } : {}),
    ...(typeof end === "number" ? { end: new Date(end).toISOString() } : {}),
  }
}
