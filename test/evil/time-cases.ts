import { tagged } from "../../src/world/crypto/der.ts"
import type { PayloadOptions } from "../../src/world/sigstore/sign.ts"
import type { TimestampSigner } from "../../src/world/sigstore/timestamp-token.ts"
import type { StampOptions } from "../../src/world/sigstore/timestamp-authority.ts"
import { base64, type TrustedRootJson } from "../../src/world/sigstore/wire.ts"
import { editDer } from "../support/edit-der.ts"
import { NOW } from "../support/judge.ts"
import {
  type EvilCase,
  type Exhibit,
  show,
  showBundle,
  signed,
  stranger,
  world,
} from "./exhibit.ts"

const HOUR = 3_600_000
const { timestampAuthority: authority } = world

/** A bundle whose time rests on one timestamp. */
function stamped(timestamp: StampOptions, root?: TrustedRootJson): Exhibit {
  return showBundle(signed({ entries: ["hashedrekord/0.0.2"], timestamp }), root)
}

/** A bundle with a promised time besides. */
function alsoStamped(timestamp: StampOptions, options: PayloadOptions = {}): Exhibit {
  return showBundle(signed({ timestamps: 1, timestamp, ...options }))
}

/** A trust root that names this certificate as the timestamp authority's own. */
function rootWith(signer: TimestampSigner): TrustedRootJson {
  const root = world.trustedRoot()
  const [leaf] = root.timestampAuthorities[0]?.certChain.certificates ?? []
  if (leaf === undefined) throw new Error("the trusted root has no timestamp authority")
  leaf.rawBytes = base64(signer.certificate)
  return root
}

function stampedBy(signer: TimestampSigner): Exhibit {
  return stamped({ signer }, rootWith(signer))
}

/** A token with a change that its signature does not cover: its own version is no longer in the shortest form. */
function malleable(): Exhibit {
  const bundle = signed({ entries: ["hashedrekord/0.0.2"] })
  const [stamp] = bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? []
  if (stamp === undefined) throw new Error("the bundle has no timestamp")
  const der = Buffer.from(stamp.signedTimestamp, "base64")
  const edited = editDer(der, [1, 1, 0, 0], () => [tagged(0x02, Uint8Array.of(0, 3))])
  stamp.signedTimestamp = base64(edited)
  return showBundle(bundle)
}

/** What can be wrong with the time of signing. */
export const TIME_CASES: readonly EvilCase[] = [
  {
    name: "an integrated time that nothing signs",
    form: "statement",
    by: "time-present",
    make: () => show(signed({ promise: false })),
  },
  {
    name: "an integrated time that nothing signs, and a timestamp after the certificate ended",
    form: "statement-timestamped",
    by: "certificate-time",
    make: () => alsoStamped({ time: NOW + HOUR }, { promise: false }),
  },
  {
    name: "a promised time, and a timestamp after the certificate ended",
    form: "statement-timestamped",
    by: "certificate-time",
    make: () => alsoStamped({ time: NOW + HOUR }),
  },
  {
    name: "a promised time, and a timestamp of a stranger's",
    form: "statement-timestamped",
    by: "timestamp",
    make: () => alsoStamped({ signer: stranger.timestampAuthority.signer }),
  },
  {
    name: "a timestamp after the certificate ended",
    form: "statement-rekor-v2",
    by: "certificate-time",
    make: () => stamped({ time: NOW + HOUR }),
  },
  {
    name: "a timestamp over another signature",
    form: "statement-rekor-v2",
    by: "timestamp",
    make: () => stamped({ imprint: Buffer.alloc(32) }),
  },
  {
    name: "a timestamp by an authority out of service",
    form: "statement-rekor-v2",
    by: "timestamp",
    make: () => stamped({}, world.trustedRoot({ timestampAuthority: { end: NOW - HOUR } })),
  },
  {
    name: "a timestamp by a certificate for web servers",
    form: "statement-rekor-v2",
    by: "timestamp",
    make: () => stampedBy(authority.issueSigner({ extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"] })),
  },
  {
    name: "a timestamp by a certificate for code signing too",
    form: "statement-rekor-v2",
    by: "timestamp",
    make: () =>
      stampedBy(
        authority.issueSigner({ extendedKeyUsage: ["1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.3"] }),
      ),
  },
  {
    name: "a timestamp that was refused (PKIStatus 2)",
    form: "statement-rekor-v2",
    by: "timestamp",
    make: () => stamped({ status: 2 }),
  },
  {
    name: "a timestamp that names another certificate by hash (ESS)",
    form: "statement-rekor-v2",
    by: "timestamp",
    make: () => stamped({ certificateHash: Buffer.alloc(32) }),
  },
  {
    name: "a timestamp that names no certificate by hash",
    form: "statement-rekor-v2",
    by: "timestamp",
    make: () => stamped({ certificateHash: null }),
  },
  {
    name: "a timestamp in another encoding than the one that was issued",
    form: "statement-rekor-v2",
    by: "timestamp",
    make: malleable,
  },
]
