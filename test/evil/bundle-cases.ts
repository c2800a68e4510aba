import { derChildren, derIntegerBytes, readDer } from "../../src/core/der.ts"
import { sign } from "../../src/world/crypto/keys.ts"
import { verifierPem } from "../../src/world/sigstore/signer.ts"
import { base64, type BundleJson } from "../../src/world/sigstore/wire.ts"
import { WHEEL } from "../support/judge.ts"
import {
  altered,
  bytesOf,
  entryOf,
  type EvilCase,
  type Exhibit,
  showBundle,
  signed,
  stranger,
  trueStatement,
  world,
} from "./exhibit.ts"
import { handSigned } from "./hand-signed.ts"

const form = "statement"

/** A bundle after a change by hand. */
function changed(change: (bundle: BundleJson) => void): () => Exhibit {
  return () => showBundle(altered(signed(), change))
}

/** A bundle whose text was changed, for what a JSON value cannot hold. */
function inText(change: (text: string) => string | Uint8Array): () => Exhibit {
  return () => showBundle(Buffer.from(change(Buffer.from(bytesOf(signed())).toString())))
}

function signature(bundle: BundleJson): { sig: string; keyid?: string; cert?: string } {
  const [first] = bundle.dsseEnvelope?.signatures ?? []
  if (first === undefined) throw new Error("the bundle has no signature")
  return first
}

/** A signature in another form, logged like that. */
function inForm(change: (signature: Uint8Array) => Uint8Array): () => Exhibit {
  const signer = world.createSigner()
  return () => showBundle(handSigned(signer, (bytes) => change(sign(signer.key, bytes))))
}

// r and s side by side, 32 octets each (IEEE P1363), instead of DER.
function toP1363(der: Uint8Array): Uint8Array {
  const numbers = derChildren(readDer(der, "signature"), "signature").map((number) =>
    Buffer.from(derIntegerBytes(number, "number")),
  )
  return Buffer.concat(
    numbers.map((number) => Buffer.concat([Buffer.alloc(32), number]).subarray(-32)),
  )
}

/** What can be wrong with the envelope and its signature. */
export const ENVELOPE_CASES: readonly EvilCase[] = [
  {
    name: "a payload of type text/plain",
    form,
    by: "payload-type",
    make: () => showBundle(world.signPayload(trueStatement(), { payloadType: "text/plain" })),
  },
  {
    name: "a second signature, by a stranger",
    form,
    by: "signature",
    make: changed((bundle) =>
      bundle.dsseEnvelope?.signatures.push(signature(signed({}, stranger))),
    ),
  },
  {
    name: "a certificate of a stranger's beside the signature",
    form,
    by: "evidence-malformed",
    make: changed((bundle) => {
      signature(bundle).cert = verifierPem(stranger.createSigner())
    }),
  },
  {
    name: "a signature with bytes behind it",
    form,
    by: "signature",
    make: inForm((der) => Buffer.concat([der, Uint8Array.of(0)])),
  },
  {
    name: "a signature whose length is not in its shortest form",
    form,
    by: "signature",
    make: inForm((der) => Buffer.concat([Uint8Array.of(0x30, 0x81), der.subarray(1)])),
  },
  { name: "a signature in P1363 form", form, by: "signature", make: inForm(toP1363) },
  {
    name: "a file's signature that names another file's digest",
    form: "file",
    by: "evidence-present",
    inCore: "message-digest",
    make: () =>
      showBundle(
        altered(world.signMessage(WHEEL), ({ messageSignature }) => {
          if (messageSignature) messageSignature.messageDigest.digest = base64(Buffer.alloc(32))
        }),
      ),
  },
]

/** What can be wrong with a bundle as a JSON document. */
export const BUNDLE_CASES: readonly EvilCase[] = [
  {
    name: "an unknown media type",
    form,
    by: "evidence-malformed",
    make: changed((bundle) => {
      bundle.mediaType = "application/vnd.dev.sigstore.bundle.v0.9+json;evil"
    }),
  },
  {
    name: "a certificate chain in v0.3",
    form,
    by: "evidence-malformed",
    make: changed(({ verificationMaterial: material }) => {
      material.x509CertificateChain = { certificates: [material.certificate ?? { rawBytes: "" }] }
      delete material.certificate
    }),
  },
  {
    name: "a key beside the certificate",
    form,
    by: "evidence-malformed",
    make: changed((bundle) => {
      bundle.verificationMaterial.publicKey = { hint: "evil" }
    }),
  },
  {
    name: "a member that no version has",
    form,
    by: "evidence-malformed",
    make: changed((bundle) => void Object.assign(bundle, { evil: true })),
  },
  {
    name: "the envelope twice, first a stranger's",
    form,
    by: "evidence-malformed",
    make: inText((text) =>
      text.replace(
        '"dsseEnvelope":',
        `"dsseEnvelope":${JSON.stringify(signed({}, stranger).dsseEnvelope)},"dsseEnvelope":`,
      ),
    ),
  },
  {
    name: "bytes that are not UTF-8",
    form,
    by: "evidence-malformed",
    make: inText((text) => {
      const [before = "", after = ""] = text.split('"sig":')
      return Buffer.concat([
        Buffer.from(`${before}"keyid":"`),
        Uint8Array.of(0xff),
        Buffer.from(`","sig":${after}`),
      ])
    }),
  },
  {
    name: "half a surrogate pair",
    form,
    by: "evidence-malformed",
    make: inText((text) => text.replace('"sig":', '"keyid":"\\ud800","sig":')),
  },
  {
    name: "a byte order mark",
    form,
    by: "evidence-malformed",
    make: inText((text) => `\ufeff${text}`),
  },
  {
    name: "text behind the document",
    form,
    by: "evidence-malformed",
    make: inText((text) => `${text} evil`),
  },
  {
    name: "base64 with foreign characters",
    form,
    by: "evidence-malformed",
    make: changed((bundle) => {
      signature(bundle).sig = signature(bundle).sig.replace(/^..../, "$&!*\n")
    }),
  },
  {
    name: "an index in hexadecimal",
    form,
    by: "evidence-malformed",
    make: changed((bundle) => {
      const entry = entryOf(bundle)
      entry.logIndex = `0x${Number(entry.logIndex).toString(16)}`
    }),
  },
]
