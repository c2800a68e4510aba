import type { CheckId } from "../../src/core/checks.ts"
import type { ErrorCode } from "../../src/core/errors.ts"
import { createKeyPair } from "../../src/world/crypto/keys.ts"
import { GITHUB_IDENTITY } from "../../src/world/sigstore/identities.ts"
import type { PayloadOptions } from "../../src/world/sigstore/sign.ts"
import { provenance, toAttestation } from "../../src/world/sigstore/sign.ts"
import { type StatementJson, slsaV1Statement } from "../../src/world/sigstore/statements.ts"
import type { BundleJson, LogEntryJson, TrustedRootJson } from "../../src/world/sigstore/wire.ts"
import { createWorld, type World } from "../../src/world/world.ts"
import { NOW, WHEEL, wheelSubject } from "../support/judge.ts"

/** The Sigstore that the evidence is made with, and another one that nobody trusts. */
export const world: World = createWorld({ now: NOW })
export const stranger: World = createWorld({ now: NOW })

/** Whom every verifier is told to expect. */
export const EXPECTED: { readonly identity: string; readonly issuer: string } = {
  identity: GITHUB_IDENTITY.san.value,
  issuer: GITHUB_IDENTITY.issuer,
}

/** The kinds of genuine evidence that evil evidence is made from. A verifier that does not take the genuine one says nothing of the evil. */
export type Form =
  | "statement"
  | "statement-timestamped"
  | "statement-rekor-v2"
  | "statement-rsa"
  | "file"

/** Evidence, the file it is about, and the trust root: what a verifier gets to see. */
export interface Exhibit {
  /** A Sigstore bundle, or bytes that would like to be one. */
  readonly bundle: Uint8Array
  /** The same as a PEP 740 provenance object; absent where what is evil has no place in one. */
  readonly provenance?: Uint8Array
  readonly trustedRoot: Uint8Array
  readonly file: Uint8Array
}

/** Something that has to be refused. */
export interface EvilCase {
  /** What is evil, in words; the name of its row in docs/THREATS.md. */
  readonly name: string
  readonly form: Form
  /** What wheelproof refuses it by. */
  readonly by: CheckId | ErrorCode
  /** What the core alone refuses it by, where the command line has sorted it out before: evidence about other files is none. */
  readonly inCore?: CheckId
  readonly make: () => Exhibit
}

/** A statement that is true, for somebody to change. */
export type Statement = ReturnType<typeof slsaV1Statement>

export function trueStatement(): Statement {
  return slsaV1Statement([wheelSubject()])
}

/** Shows a bundle, and the provenance object that it amounts to. */
export function show(
  bundle: BundleJson,
  trustedRoot: TrustedRootJson = world.trustedRoot(),
): Exhibit {
  const exhibit = showBundle(bytesOf(bundle), trustedRoot)
  if (bundle.dsseEnvelope === undefined) return exhibit
  return { ...exhibit, provenance: bytesOf(provenance([toAttestation(bundle)])) }
}

/** Shows a bundle whose evil a provenance object has no place for. */
export function showBundle(
  bundle: BundleJson | Uint8Array,
  trustedRoot: TrustedRootJson | Uint8Array = world.trustedRoot(),
): Exhibit {
  return { bundle: bytesOf(bundle), trustedRoot: bytesOf(trustedRoot), file: WHEEL }
}

/** A signed statement of the expected identity, with whatever is evil about the signing. */
export function signed(options: PayloadOptions = {}, by: World = world): BundleJson {
  return by.signPayload(trueStatement(), options)
}

/** A statement with a change that its own signer made. */
export function lie(change: (statement: Statement) => void): Exhibit {
  const statement = trueStatement()
  change(statement)
  return show(world.signPayload(statement))
}

/** The same for what no JSON value can hold: the statement's text is changed. */
export function lieInText(change: (text: string) => string | Uint8Array): Exhibit {
  return show(world.signPayload(Buffer.from(change(JSON.stringify(trueStatement())))))
}

/** The first entry of a bundle. */
export function entryOf(bundle: BundleJson): LogEntryJson {
  const [entry] = bundle.verificationMaterial.tlogEntries
  if (entry === undefined) throw new Error("the bundle has no entry")
  return entry
}

/** A bundle after a change by hand. */
export function altered(bundle: BundleJson, change: (bundle: BundleJson) => void): BundleJson {
  const copy = structuredClone(bundle)
  change(copy)
  return copy
}

export function bytesOf(value: StatementJson | object | Uint8Array): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value))
}

/** Genuine evidence of each form. Every verifier that knows the form has to accept it. */
export const GENUINE: Readonly<
  Record<Form, { readonly name: string; readonly make: () => Exhibit }>
> = {
  statement: { name: "a statement, logged in Rekor v1", make: () => show(signed()) },
  "statement-timestamped": {
    name: "the same with a timestamp",
    make: () => showBundle(signed({ timestamps: 1 })),
  },
  "statement-rekor-v2": {
    name: "a statement, logged in Rekor v2, with a timestamp",
    make: () => showBundle(signed({ entries: ["hashedrekord/0.0.2"] })),
  },
  "statement-rsa": {
    name: "a statement, signed with an RSA key",
    make: () => show(signed({ issue: { key: createKeyPair("rsa2048") } })),
  },
  file: { name: "a file's own signature", make: () => showBundle(world.signMessage(WHEEL)) },
}
