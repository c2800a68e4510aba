import { randomBytes } from "node:crypto"

import { createKeyPair, keepKeyPair, readKeyPair } from "../crypto/keys.ts"
import type { Journal } from "../journal.ts"
import {
  createCertificateAuthority,
  keepCertificateAuthority,
  type KeptCertificateAuthority,
} from "./certificate-authority.ts"
import { createCtLog, type CtLog } from "./ct-log.ts"
import { createRekorV1 } from "./rekor-v1.ts"
import { createRekorV2 } from "./rekor-v2.ts"
import type { SigningServices } from "./sign.ts"
import {
  createTimestampAuthority,
  keepTimestampAuthority,
  type KeptTimestampAuthority,
} from "./timestamp-authority.ts"

const ORGANIZATION = "wheelproof local world"

/** The keys of a Sigstore instance, to go on with after a restart. */
export interface KeptSigstore {
  /** When it was set up, milliseconds since 1970; its certificates and windows begin a year before. */
  readonly created: number
  readonly certificateAuthority: KeptCertificateAuthority
  readonly timestampAuthority: KeptTimestampAuthority
  /** PKCS #8 in PEM. */
  readonly ctLog: string
  readonly rekor: string
  readonly rekorV2: string
  readonly treeId: string
}

/** The addresses that the parts name themselves by. */
export interface SigstoreUrls {
  readonly fulcio: string
  readonly rekor: string
  readonly rekorV2: string
  /** Path and all. */
  readonly timestamp: string
}

/** A Sigstore instance that goes by loopback addresses. */
export interface LocalSigstore extends SigningServices {
  readonly ctLog: CtLog
  readonly keep: () => KeptSigstore
}

/** How to set up a {@link LocalSigstore}. */
export interface LocalSigstoreOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly urls: SigstoreUrls
  readonly journals: { readonly rekor: Journal; readonly rekorV2: Journal }
  readonly kept?: KeptSigstore
}

/** Makes the parts, with fresh keys unless some were kept. */
export function createLocalSigstore(options: LocalSigstoreOptions): LocalSigstore {
  const { urls, journals, kept } = options
  const created = kept?.created ?? options.now
  const common = { now: created, organization: ORGANIZATION }
  const ctKey = kept === undefined ? createKeyPair("p256") : readKeyPair(kept.ctLog)
  const rekorKey = kept === undefined ? createKeyPair("p256") : readKeyPair(kept.rekor)
  const rekorV2Key = kept === undefined ? createKeyPair("ed25519") : readKeyPair(kept.rekorV2)
  const treeId = BigInt(kept?.treeId ?? `0x${randomBytes(7).toString("hex")}`)
  // The CT log is a part of Fulcio here: nobody asks it anything.
  const ctLog = createCtLog({ baseUrl: `${urls.fulcio}/ct`, key: ctKey })
  const certificateAuthority = createCertificateAuthority({
    ...common,
    ctLog,
    uri: urls.fulcio,
    ...(kept === undefined ? {} : { kept: kept.certificateAuthority }),
  })
  const timestampAuthority = createTimestampAuthority({
    ...common,
    uri: urls.timestamp,
    ...(kept === undefined ? {} : { kept: kept.timestampAuthority }),
  })
  return {
    now: created,
    ctLog,
    certificateAuthority,
    timestampAuthority,
    rekor: createRekorV1({ baseUrl: urls.rekor, key: rekorKey, treeId, journal: journals.rekor }),
    rekorV2: createRekorV2({
      baseUrl: urls.rekorV2,
      key: rekorV2Key,
      journal: journals.rekorV2,
    }),
    keep: () => ({
      created,
      certificateAuthority: keepCertificateAuthority(certificateAuthority),
      timestampAuthority: keepTimestampAuthority(timestampAuthority),
      ctLog: keepKeyPair(ctKey),
      rekor: keepKeyPair(rekorKey),
      rekorV2: keepKeyPair(rekorV2Key),
      treeId: String(treeId),
    }),
  }
}
