import { parseCertificate } from "../../core/certificate.ts"
import { WheelproofError } from "../../core/errors.ts"
import type { LogEntry } from "../../core/evidence.ts"
import { bundleText } from "../../formats/write-bundle.ts"
import { inParallel } from "../../io/in-parallel.ts"
import { type CredentialSource, MARGIN_MS } from "./credential.ts"
import type { LogWriter } from "./log-writer.ts"
import { assemble, bytesToSign, type Signed, signatureOf, type Unsigned } from "./signed.ts"

/** One thing to sign. */
export interface BatchItem<Proven> {
  /** What tells it from all others, in this run and in the next. */
  readonly id: string
  readonly unsigned: Unsigned
  /** Parses a finished bundle and verifies it from its own bytes. Throws `ERR_SIGNING` for one that does not hold. */
  readonly prove: (bundle: string) => Proven
}

/** A signature and its certificate as an earlier run left them. */
export interface LeftSignature {
  readonly signature: Uint8Array
  readonly certificate: Uint8Array
}

/** What survives the process: signatures before a log is told of them, and finished bundles. Nothing in it is secret, and nothing in it is believed. */
export interface Journal {
  /** The bundle that an earlier run finished. */
  readonly bundleOf: (id: string) => string | undefined
  /** The signature that an earlier run made. */
  readonly signatureOf: (id: string) => LeftSignature | undefined
  readonly keepSignature: (id: string, left: LeftSignature) => void
  readonly keepBundle: (id: string, bundle: string) => void
}

/** What a batch is signed with. */
export interface SigningTools {
  readonly credentials: CredentialSource
  readonly logs: readonly LogWriter[]
  /** Timestamps over a signature; none where the log proves the time. */
  readonly stamp: (signature: Uint8Array) => Promise<readonly Uint8Array[]>
  readonly journal: Journal
  /** How many are under way at once. */
  readonly concurrency: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** One thing that is signed, and proved. */
export interface SignedItem<Proven> {
  readonly proven: Proven
  readonly bundle: string
  /** Whether an earlier run had made it, or its log entry. */
  readonly resumed: boolean
}

/**
 * Signs a batch with one credential and logs every signature, several at once. A signature is kept before a log hears of it, and a bundle as soon as it is
 * proved: a run that broke off goes on where it was, without a second entry for the same signature. The private key is never kept; what
 * was signed with it can still be finished, because a log needs the signature and the certificate alone. Throws `ERR_SIGNING` and
 * `ERR_NETWORK`; what is under way then is finished and kept first.
 */
export async function signBatch<Proven>(
  items: readonly BatchItem<Proven>[],
  tools: SigningTools,
  onFinished: (item: BatchItem<Proven>) => void,
): Promise<readonly SignedItem<Proven>[]> {
  return inParallel(items, tools.concurrency, async (item) => {
    const signed =
      (await kept(item, tools)) ?? (await resumed(item, tools)) ?? (await fresh(item, tools))
    onFinished(item)
    return signed
  })
}

/** What an earlier run finished; undefined where there is nothing, or it does not hold. */
async function kept<Proven>(
  { id, prove }: BatchItem<Proven>,
  { journal }: SigningTools,
): Promise<SignedItem<Proven> | undefined> {
  const bundle = journal.bundleOf(id)
  if (bundle === undefined) return undefined
  return unlessUnproven(async () =>
    Promise.resolve({ proven: prove(bundle), bundle, resumed: true }),
  )
}

/** Finishes what an earlier run signed and perhaps had logged; undefined where it has to be signed again. */
async function resumed<Proven>(
  item: BatchItem<Proven>,
  tools: SigningTools,
): Promise<SignedItem<Proven> | undefined> {
  const left = tools.journal.signatureOf(item.id)
  if (left === undefined || !isGenuine(left, item.unsigned)) return undefined
  const signed = assemble(item.unsigned, left.signature, left.certificate)
  const { notAfter } = parseCertificate(left.certificate)
  // After its certificate's end a signature must not be logged any more, but it may have been.
  const isAlive = tools.now() < notAfter - MARGIN_MS
  return unlessUnproven(async () => {
    const entries = await enter(signed, tools, isAlive ? "add" : "find")
    return entries === undefined ? undefined : finish(item, signed, entries, tools, true)
  })
}

function isGenuine({ signature, certificate }: LeftSignature, unsigned: Unsigned): boolean {
  try {
    return parseCertificate(certificate).publicKey.verify(bytesToSign(unsigned), signature)
  } catch (error) {
    if (error instanceof WheelproofError) return false
    throw error
  }
}

async function fresh<Proven>(
  item: BatchItem<Proven>,
  tools: SigningTools,
): Promise<SignedItem<Proven>> {
  const done = (await freshOnce(item, tools)) ?? (await freshOnce(item, tools))
  if (done !== undefined) return done
  throw new WheelproofError(
    "ERR_SIGNING",
    `the transparency log says that it has a signature which was only just made`,
    { hint: "tell the operator of the log" },
  )
}

async function freshOnce<Proven>(
  item: BatchItem<Proven>,
  tools: SigningTools,
): Promise<SignedItem<Proven> | undefined> {
  const { certificate, sign } = await tools.credentials.current()
  const signature = sign(bytesToSign(item.unsigned))
  tools.journal.keepSignature(item.id, { signature, certificate: certificate.der })
  const signed = assemble(item.unsigned, signature, certificate.der)
  const entries = await enter(signed, tools, "add")
  return entries === undefined ? undefined : finish(item, signed, entries, tools, false)
}

/** The entries of all logs; undefined where one has none to give. */
async function enter(
  signed: Signed,
  { logs }: SigningTools,
  how: "add" | "find",
): Promise<readonly LogEntry[] | undefined> {
  const entries: LogEntry[] = []
  for (const log of logs) {
    const entry = await log[how](signed)
    if (entry === undefined) return undefined
    entries.push(entry)
  }
  return entries
}

async function finish<Proven>(
  { id, prove }: BatchItem<Proven>,
  signed: Signed,
  entries: readonly LogEntry[],
  { stamp, journal }: SigningTools,
  wasBegun: boolean,
): Promise<SignedItem<Proven>> {
  const timestamps = await stamp(signatureOf(signed))
  const bundle = bundleText({
    content: signed.content,
    material: { kind: "certificate", leaf: signed.certificate, intermediates: [] },
    entries,
    timestamps,
  })
  const proven = prove(bundle)
  journal.keepBundle(id, bundle)
  return { proven, bundle, resumed: wasBegun }
}

async function unlessUnproven<Value>(attempt: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof WheelproofError && error.code === "ERR_SIGNING") return undefined
    throw error
  }
}
