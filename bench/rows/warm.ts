import { spawnSync } from "node:child_process"
import { generateKeyPairSync, type KeyObject, sign, verify as verifySignature } from "node:crypto"
import { writeFileSync } from "node:fs"
import path from "node:path"

import { bundleFromJSON } from "@sigstore/bundle"
import { TrustedRoot } from "@sigstore/protobuf-specs"
import { toSignedEntity, toTrustMaterial, Verifier as PeerVerifier } from "@sigstore/verify"

import { createVerifier } from "../../src/core/verifier.ts"
import { parseEvidenceDocument } from "../../src/formats/evidence-document.ts"
import { parseTrustedRoots } from "../../src/formats/trusted-root.ts"
import { createWorld, type World } from "../../src/world/world.ts"
import { NOW, oneUpload, separateUploads, type Signed } from "../evidence.ts"
import type { Bench, Group } from "../harness/bench.ts"
import { compareFunctions, type Contender, functionRow } from "../harness/functions.ts"
import { peer } from "../harness/peers.ts"
import { median, ratioFor, type Row } from "../harness/row.ts"

/** More than a verifier remembers certificates of, so that none is met again before it is forgotten. */
const SEPARATE = 400
const WHEELS = 120
const ONE = "verify one bundle, warm, one core"

/** Verifying in a process that runs: one bundle after the other from its bytes to the verdict, each verdict demanded to be a pass. */
export const warm: Group = async (bench) => {
  const world = createWorld({ now: NOW })
  const separate = separateUploads(world, SEPARATE)
  return [
    ...separateRows(world, separate, bench),
    pythonRow(world, separate, bench),
    sharedRow(world, bench),
  ]
}

function separateRows(
  world: World,
  separate: readonly Signed[],
  { rounds }: Bench,
): readonly Row[] {
  const [ours, peers, bound] = compareFunctions(
    [
      { run: createOurs(world, separate), calls: 20 },
      { run: createPeer(world, separate), calls: 5 },
      createBound(),
    ],
    rounds,
  )
  return [
    functionRow(
      { what: ONE, against: "@sigstore/verify", goal: { atLeast: 6 } },
      [ours, peers],
      rounds,
    ),
    functionRow(
      {
        what: ONE,
        against: "its five signatures alone (1 P-384, 4 P-256)",
        goal: { atLeast: 0.8 },
      },
      [ours, bound],
      rounds,
    ),
  ]
}

function sharedRow(world: World, { rounds }: Bench): Row {
  const upload = oneUpload(world, WHEELS)
  const times = compareFunctions(
    [
      { run: createOurs(world, upload), calls: WHEELS },
      { run: createPeer(world, upload), calls: 5 },
    ],
    rounds,
  )
  return functionRow(
    {
      what: "verify bundles of one upload (one certificate, one checkpoint)",
      against: "@sigstore/verify",
      goal: { atLeast: 15 },
    },
    times,
    rounds,
  )
}

/** Parses and verifies the bundles in turn, with one verifier for all of them. */
function createOurs(world: World, signed: readonly Signed[]): Contender["run"] {
  const root = Buffer.from(JSON.stringify(world.trustedRoot()))
  const verifier = createVerifier({ instances: parseTrustedRoots(root, "the bench's world") })
  return (call) => {
    const { artifact, bundle } = pick(signed, call)
    const [parsed] = parseEvidenceDocument(bundle, "bundle")
    if (parsed?.kind !== "evidence") throw new Error("a bundle could not be read")
    const { kind } = verifier.verify(artifact, parsed.evidence, {})
    if (kind !== "verified") throw new Error("a bundle did not verify")
  }
}

/** The same by `@sigstore/verify`, which throws for what it does not accept; it compares neither artifact nor statement. */
function createPeer(world: World, signed: readonly Signed[]): Contender["run"] {
  const trust = toTrustMaterial(TrustedRoot.fromJSON(world.trustedRoot()))
  const verifier = new PeerVerifier(trust, { tlogThreshold: 1, ctlogThreshold: 1 })
  return (call) => {
    const bundle: unknown = JSON.parse(Buffer.from(pick(signed, call).bundle).toString("utf8"))
    verifier.verify(toSignedEntity(bundleFromJSON(bundle)))
  }
}

function pick(signed: readonly Signed[], call: number): Signed {
  const item = signed[call % signed.length]
  if (item === undefined) throw new Error("there is nothing to verify")
  return item
}

/** What no verifier can do without: the certificate's signature, and those of certificate log, envelope, promise and checkpoint. */
function createBound(): Contender {
  const signatures = [
    createSignature("P-384", "sha384", 1600),
    createSignature("P-256", "sha256", 1500),
    createSignature("P-256", "sha256", 1000),
    createSignature("P-256", "sha256", 4900),
    createSignature("P-256", "sha256", 100),
  ]
  const run = (): void => {
    for (const { hash, data, key, signature } of signatures) {
      if (!verifySignature(hash, data, key, signature)) throw new Error("a signature is not valid")
    }
  }
  return { run, calls: 30 }
}

interface Signature {
  readonly hash: string
  readonly data: Uint8Array
  readonly key: KeyObject
  readonly signature: Uint8Array
}

function createSignature(namedCurve: string, hash: string, length: number): Signature {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve })
  const data = Buffer.alloc(length, "signed")
  return { hash, data, key: publicKey, signature: sign(hash, data, privateKey) }
}

const PYTHON_ROUNDS = 5

/** The same bundle by sigstore-python, in a process of its own that takes its own time. */
function pythonRow(world: World, separate: readonly Signed[], { folder }: Bench): Row {
  const goal = { atLeast: 1.4 }
  const row = { what: ONE, against: "sigstore-python", goal }
  const [root, bundle] = [path.join(folder, "root.json"), path.join(folder, "bundle.json")]
  writeFileSync(root, JSON.stringify(world.trustedRoot()))
  writeFileSync(bundle, pick(separate, 0).bundle)
  const sigstore = peer("sigstore-python")
  if ("absent" in sigstore) return { ...row, result: sigstore }
  const python = path.join(path.dirname(sigstore[0] ?? ""), "python")
  const script = path.resolve("bench", "peers", "sigstore-python.py")
  const own = { run: createOurs(world, separate), calls: 20 }
  const samples: { readonly ours: number; readonly theirs: number }[] = []
  for (let round = 0; round < PYTHON_ROUNDS; round += 1) {
    const { status, stdout } = spawnSync(python, [script, root, bundle], { encoding: "utf8" })
    if (status !== 0) return { ...row, result: { absent: `it ended in ${status ?? "a signal"}` } }
    const [ours = Number.NaN] = compareFunctions([own], 9)
    samples.push({ ours, theirs: Number(stdout) })
  }
  const ours = median(samples.map((sample) => sample.ours))
  const theirs = median(samples.map((sample) => sample.theirs))
  const ratio = ratioFor(goal, ours, theirs)
  return { ...row, result: { ratio, ours, theirs, unit: "ms", rounds: PYTHON_ROUNDS } }
}
