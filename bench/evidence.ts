import type { Artifact } from "../src/core/artifact.ts"
import { parseSha256 } from "../src/core/digest.ts"
import { slsaV1Statement, subjectOf } from "../src/world/sigstore/statements.ts"
import type { BundleJson } from "../src/world/sigstore/wire.ts"
import type { World } from "../src/world/world.ts"

/** A wheel and the bundle that vouches for it, as bytes of a file. */
export interface Signed {
  readonly artifact: Artifact & { readonly name: string }
  readonly content: Uint8Array
  readonly bundle: Uint8Array
}

/** The moment in which the bench's evidence is made. */
export const NOW: number = Date.UTC(2026, 5, 1, 12)

/** Bundles that share nothing: each with a certificate and a checkpoint of its own. */
export function separateUploads(world: World, count: number): readonly Signed[] {
  return wheels(count).map((wheel) => ({
    ...wheel,
    bundle: encode(world.signPayload(statementFor(wheel))),
  }))
}

/** The bundles of one upload: signed with one certificate, proved in the log by one checkpoint. */
export function oneUpload(world: World, count: number): readonly Signed[] {
  const signer = world.createSigner()
  const signed = wheels(count).map((wheel) => ({
    ...wheel,
    json: world.signPayload(statementFor(wheel), { signer }),
  }))
  const envelope = world.rekor.checkpoint()
  return signed.map(({ json, ...wheel }) => ({
    ...wheel,
    bundle: encode(provedBy(world, json, envelope)),
  }))
}

function wheels(count: number): readonly Omit<Signed, "bundle">[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `rocket-1.${index}-py3-none-any.whl`
    const content = Buffer.from(`the bytes of wheel ${index}`)
    const sha256 = parseSha256(subjectOf(name, content).digest["sha256"] ?? "")
    return { artifact: { name, digests: { sha256 } }, content }
  })
}

function statementFor({ artifact, content }: Omit<Signed, "bundle">): object {
  return slsaV1Statement([subjectOf(artifact.name, content)])
}

/** The bundle with its entry proved anew, in the log as it is now, by this checkpoint. */
function provedBy(world: World, bundle: BundleJson, envelope: string): BundleJson {
  const { verificationMaterial } = bundle
  const tlogEntries = verificationMaterial.tlogEntries.map((entry) => {
    const logged = world.rekor.findByLogIndex(Number(entry.logIndex))
    if (logged === undefined) throw new Error(`the log has no entry ${entry.logIndex}`)
    const inclusionProof = { ...world.rekor.inclusionProof(logged), checkpoint: { envelope } }
    return { ...entry, inclusionProof }
  })
  return { ...bundle, verificationMaterial: { ...verificationMaterial, tlogEntries } }
}

function encode(bundle: BundleJson): Uint8Array {
  return Buffer.from(JSON.stringify(bundle))
}
