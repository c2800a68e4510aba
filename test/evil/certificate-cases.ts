import { createPublicKey, generateKeyPairSync } from "node:crypto"

import type { SubjectAlternativeName } from "../../src/core/identity.ts"
import { distinguishedName } from "../../src/world/crypto/certificate.ts"
import { createKeyPair, digest } from "../../src/world/crypto/keys.ts"
import { fulcioExtension } from "../../src/world/sigstore/fulcio-extensions.ts"
import { GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import type { SignerOptions } from "../../src/world/sigstore/signer.ts"
import { createSigner } from "../../src/world/sigstore/signer.ts"
import type { TrustedRootOptions } from "../../src/world/sigstore/trusted-root.ts"
import { NOW } from "../support/judge.ts"
import {
  type EvilCase,
  type Exhibit,
  show,
  showBundle,
  signed,
  trueStatement,
  world,
} from "./exhibit.ts"
import { handSigned } from "./hand-signed.ts"

const DAY = 86_400_000
const { san } = GITHUB_IDENTITY
const ARC = "1.3.6.1.4.1.57264.1"

function issued(issue: SignerOptions, root: TrustedRootOptions = {}): () => Exhibit {
  return () => show(signed({ issue }), world.trustedRoot(root))
}

/** The provenance object is left out: who reads one asks for repository and workflow, and not for a name. */
function named(...names: readonly SubjectAlternativeName[]): () => Exhibit {
  return () => showBundle(signed({ issue: { names } }))
}

/** Another workflow, on a host that tells letters apart, whose statement says so truly. */
function inCapitals(): Exhibit {
  const value = san.value.toUpperCase()
  const statement = trueStatement()
  statement.predicate.runDetails.builder.id = value
  return showBundle(world.signPayload(statement, { issue: { names: [{ kind: "uri", value }] } }))
}

/** An extension of Fulcio's arc with another value than its honest one. */
function instead(number: number, value: string): () => Exhibit {
  return issued({
    omit: [`${ARC}.${number}`],
    extraExtensions: [fulcioExtension(number, value)],
  })
}

/** A certificate that a signer issued with the key of his own, as if he were an authority. */
function issuedByLeaf(): Exhibit {
  const subjectName = distinguishedName("evil", "leaf")
  const authority = createSigner(world.certificateAuthority, {
    subjectName,
    basicConstraints: { ca: true },
    keyUsage: [0, 5],
  })
  const bundle = signed({ version: "v0.2", issue: { by: authority.key, issuerName: subjectName } })
  const chain = bundle.verificationMaterial.x509CertificateChain?.certificates
  for (const der of [authority.certificate, world.certificateAuthority.intermediate]) {
    chain?.push({ rawBytes: Buffer.from(der ?? "").toString("base64") })
  }
  return show(bundle)
}

/** With exponent 1 a signature is what it signs, in padding: anybody can make it. */
function weakRsa(): Exhibit {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  const { n = "" } = publicKey.export({ format: "jwk" })
  const weak = createPublicKey({ key: { kty: "RSA", n, e: "AQ" }, format: "jwk" })
  const signer = createSigner(world.certificateAuthority, { key: { privateKey, publicKey: weak } })
  return show(
    handSigned(signer, (signedBytes) => {
      const info = Buffer.from("3031300d060960864801650304020105000420", "hex")
      const end = Buffer.concat([info, digest("sha256", signedBytes)])
      const padding = Buffer.alloc(256 - 3 - end.length, 0xff)
      return Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), end])
    }),
  )
}

const form = "statement"

/** What can be wrong with the signer's certificate. */
export const CERTIFICATE_CASES: readonly EvilCase[] = [
  {
    name: "a leaf for web servers",
    form,
    by: "certificate-usage",
    make: issued({ extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"] }),
  },
  {
    name: "a leaf for any purpose",
    form,
    by: "certificate-usage",
    make: issued({ extendedKeyUsage: ["2.5.29.37.0"] }),
  },
  {
    name: "a leaf without a purpose",
    form,
    by: "certificate-usage",
    make: issued({ omit: ["2.5.29.37"] }),
  },
  {
    name: "a leaf that is an authority",
    form,
    by: "certificate-not-ca",
    make: issued({ basicConstraints: { ca: true } }),
  },
  {
    name: "a leaf that may sign certificates",
    form,
    by: "certificate-not-ca",
    make: issued({ keyUsage: [0, 5] }),
  },
  { name: "a leaf issued by another leaf", form, by: "certificate-chain", make: issuedByLeaf },
  {
    name: "a leaf by an authority out of service",
    form,
    by: "certificate-chain",
    make: issued({}, { certificateAuthority: { end: NOW - DAY } }),
  },
  {
    name: "a leaf that had expired when it signed",
    form,
    by: "certificate-time",
    make: issued({ notBefore: NOW - DAY }),
  },
  {
    name: "an unknown critical extension",
    form,
    by: "certificate-extensions",
    make: issued({
      extraExtensions: [{ oid: "1.2.3.4", critical: true, value: Uint8Array.of(5, 0) }],
    }),
  },
  {
    name: "an RSA key with exponent 1",
    form: "statement-rsa",
    by: "evidence-malformed",
    make: weakRsa,
  },
  {
    name: "an RSA key of 1024 bits",
    form: "statement-rsa",
    by: "evidence-malformed",
    make: () => {
      const key = generateKeyPairSync("rsa", { modulusLength: 1024 })
      return show(signed({ issue: { key } }))
    },
  },
  {
    name: "no proof of publication (SCT)",
    form,
    by: "certificate-transparency",
    make: issued({ timestamps: [] }),
  },
  {
    name: "an SCT by a log whose key was retired",
    form,
    by: "certificate-transparency",
    make: issued({}, { ctLog: { end: NOW - DAY } }),
  },
  {
    name: "an SCT that is dated back to before the log's key was retired",
    form,
    by: "certificate-transparency",
    make: issued({ timestamps: [{ timestamp: NOW - 2 * DAY }] }, { ctLog: { end: NOW - DAY } }),
  },
  {
    name: "an SCT from the future",
    form,
    by: "certificate-transparency",
    make: issued({ timestamps: [{ timestamp: NOW + DAY }] }),
  },
  {
    name: "an SCT for another issuer's certificate",
    form,
    by: "certificate-transparency",
    make: issued({ timestamps: [{ issuerKeyHash: Buffer.alloc(32) }] }),
  },
  {
    name: "two names, the expected one first",
    form,
    by: "certificate-identity",
    make: named(san, { kind: "uri", value: "https://evil.example/" }),
  },
  {
    name: "two names, the expected one last",
    form,
    by: "certificate-identity",
    make: named({ kind: "uri", value: "https://evil.example/" }, san),
  },
  {
    name: "the expected name as an address",
    form,
    by: "certificate-identity",
    make: named({ kind: "email", value: san.value }),
  },
  {
    name: "the expected name, then a NUL and more",
    form,
    by: "certificate-identity",
    make: named({ kind: "uri", value: `${san.value}\u0000.evil.example` }),
  },
  {
    name: "the expected name and a space",
    form,
    by: "certificate-identity",
    make: named({ kind: "uri", value: `${san.value} ` }),
  },
  {
    name: "the expected name in capitals",
    form,
    by: "expect-identity",
    make: inCapitals,
  },
  {
    name: "the expected issuer in the new extension, another in the old",
    form,
    by: "certificate-identity",
    make: instead(1, "https://evil.example"),
  },
  {
    name: "the expected issuer in the old extension, another in the new",
    form,
    by: "certificate-identity",
    make: instead(8, "https://evil.example"),
  },
  {
    name: "one repository in the new extension, another in the old",
    form,
    by: "certificate-identity",
    make: instead(5, "evil/rocket"),
  },
  {
    name: "a leaf by somebody else's key under the authority's name",
    form,
    by: "certificate-chain",
    make: issued({ by: createKeyPair("p384") }),
  },
]
