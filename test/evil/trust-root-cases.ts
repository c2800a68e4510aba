import { base64, type TrustedRootJson } from "../../src/world/sigstore/wire.ts"
import { bytesOf, type EvilCase, type Exhibit, show, showBundle, signed, world } from "./exhibit.ts"

function changedRoot(change: (root: TrustedRootJson) => void): TrustedRootJson {
  const root = world.trustedRoot()
  change(root)
  return root
}

// SubjectPublicKeyInfo of an Ed448 key (RFC 8410 §3), which nobody here verifies with.
const ED448 = Buffer.concat([Buffer.from("3043300506032b6571033a00", "hex"), Buffer.alloc(57)])

/** A log that cannot be asked must not become a trust root that asks for none. */
function onlyUnknownLogs(): Exhibit {
  const root = changedRoot(({ tlogs }) => {
    tlogs.splice(1)
    for (const { publicKey } of tlogs) publicKey.rawBytes = base64(ED448)
  })
  return showBundle(signed({ entries: [], timestamps: 1 }), root)
}

/** What can be wrong with a trust root: nobody can judge by it. */
export const TRUST_ROOT_CASES: readonly EvilCase[] = [
  {
    name: "a log key without a start of its service",
    form: "statement",
    by: "ERR_TRUST_ROOT",
    make: () =>
      show(
        signed(),
        changedRoot(({ tlogs }) =>
          tlogs.forEach(({ publicKey }) => delete publicKey.validFor?.start),
        ),
      ),
  },
  {
    name: "no log with a usable key, and evidence without an entry",
    form: "statement-timestamped",
    by: "log-entry-present",
    make: onlyUnknownLogs,
  },
  {
    name: "an unknown media type of the trust root",
    form: "statement",
    by: "ERR_TRUST_ROOT",
    make: () =>
      show(
        signed(),
        changedRoot(
          (root) =>
            void (root.mediaType = "application/vnd.dev.sigstore.trustedroot+json;version=9"),
        ),
      ),
  },
  {
    name: "a member of the trust root twice",
    form: "statement",
    by: "ERR_TRUST_ROOT",
    make: () => {
      const text = Buffer.from(bytesOf(world.trustedRoot())).toString()
      return showBundle(signed(), Buffer.from(text.replace('"tlogs":', '"tlogs":[],"tlogs":')))
    },
  },
]
