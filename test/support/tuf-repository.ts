import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

import {
  Key,
  MetaFile,
  Metadata,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from "@tufjs/models"

import type { EmbeddedRoot } from "../../src/sigstore/trust/embedded.ts"

/** TUF's four top-level roles. */
type Role = "root" | "timestamp" | "snapshot" | "targets"

/** How to rotate the root. */
interface Rotation {
  /** The roles that get a new key; all of them. */
  readonly roles?: readonly Role[]
  /** Whose signatures the new root has; the old root key's and the new one's. */
  readonly signedBy?: "both" | "old" | "new"
}

/** What goes wrong with every request until it is taken back. */
interface RepositoryFaults {
  /** Take the request and never answer. */
  hang?: boolean
  /** Announce an answer and never send it. */
  stall?: boolean
  /** Answer with this status. */
  status?: number
  /** Send everybody to this address. */
  redirect?: string
  /** Wait for this before answering. */
  until?: Promise<void>
}

/** A TUF repository on loopback, with one key for each role. */
export interface TufRepository {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** The path of every request so far. */
  readonly requests: readonly string[]
  /** What is served, by path; may be changed at any time: deleted, replaced by other bytes, put back. */
  readonly files: Map<string, Buffer>
  readonly faults: RepositoryFaults
  /** The path of the target that is current. */
  readonly targetPath: () => string
  /** A client's start: the first root, and a trusted root that came with it. */
  readonly embedded: (asOf: number, trustedRoot?: string) => EmbeddedRoot
  /** Publishes another trusted root: new targets, snapshot and timestamp. */
  readonly publish: (trustedRoot: string) => void
  /** Publishes the next root and what its keys sign. */
  readonly rotate: (rotation?: Rotation) => void
  /** Publishes metadata anew of which those of one role end at this time, in milliseconds since 1970. */
  readonly expire: (role: Role, at: number) => void
  /** Publishes metadata anew of which those of one role, root excepted, count from this version. */
  readonly restart: (role: Role, version: number) => void
  readonly close: () => Promise<void>
}

const DAY_MS = 86_400_000
const LIFETIME_DAYS: Record<Role, number> = {
  root: 3_650,
  targets: 3_650,
  snapshot: 3_650,
  timestamp: 7,
}
const ROLES = ["root", "timestamp", "snapshot", "targets"] as const

interface RoleKey {
  readonly key: Key
  readonly privateKey: KeyObject
}

interface State {
  readonly now: number
  readonly hashes: boolean
  readonly keys: Record<Role, RoleKey>
  readonly versions: Record<Role, number>
  readonly expires: Partial<Record<Role, number>>
  readonly files: Map<string, Buffer>
  trustedRoot: Buffer
}

/**
 * Makes a repository and serves it on a free port of 127.0.0.1. What it signs ends days after `now`. Metadata name other metadata by
 * version and, unless `hashes` is false, by length and hash.
 */
export async function createTufRepository(
  trustedRoot: string,
  now: number = Date.now(),
  hashes: boolean = true,
): Promise<TufRepository> {
  const state = createState(trustedRoot, now, hashes)
  publishRoot(state, [state.keys.root])
  publishTargets(state)
  const first = state.files.get("/1.root.json") ?? Buffer.of()
  const faults: RepositoryFaults = {}
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? "")
    answer(state.files.get(request.url ?? ""), faults, response).catch(() => response.destroy())
  })
  const { port } = await listen(server)
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    requests,
    files: state.files,
    faults,
    targetPath: () => targetPath(state.trustedRoot),
    embedded: (asOf, seed = trustedRoot) => ({
      mirror: url,
      root: first,
      trustedRoot: Buffer.from(seed),
      asOf,
    }),
    publish(next) {
      state.trustedRoot = Buffer.from(next)
      publishTargets(state)
    },
    rotate: (rotation) => {
      rotate(state, rotation)
    },
    expire(role, at) {
      state.expires[role] = at
      if (role === "root") rotate(state, { roles: [] })
      else publishTargets(state)
    },
    restart(role, version) {
      state.versions[role] = version - 1
      publishTargets(state)
    },
    close: () => close(server),
  }
}

function createState(trustedRoot: string, now: number, hashes: boolean): State {
  return {
    now,
    hashes,
    keys: {
      root: createRoleKey(),
      timestamp: createRoleKey(),
      snapshot: createRoleKey(),
      targets: createRoleKey(),
    },
    versions: { root: 0, timestamp: 0, snapshot: 0, targets: 0 },
    expires: {},
    files: new Map(),
    trustedRoot: Buffer.from(trustedRoot),
  }
}

function createRoleKey(): RoleKey {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString()
  const key = new Key({
    keyID: sha256(Buffer.from(pem)),
    keyType: "ecdsa",
    scheme: "ecdsa-sha2-nistp256",
    keyVal: { public: pem },
  })
  return { key, privateKey }
}

function rotate(state: State, { roles = ROLES, signedBy = "both" }: Rotation = {}): void {
  const old = state.keys.root
  for (const role of roles) state.keys[role] = createRoleKey()
  const signers = { both: [old, state.keys.root], old: [old], new: [state.keys.root] }
  publishRoot(state, signers[signedBy])
  publishTargets(state)
}

function publishRoot(state: State, signers: readonly RoleKey[]): void {
  const root = new Root(head(state, "root"))
  for (const role of ROLES) root.addKey(state.keys[role].key, role)
  state.files.set(`/${root.version}.root.json`, signed(new Metadata(root), signers))
}

function publishTargets(state: State): void {
  const { files, keys, trustedRoot } = state
  const targets = new Targets(head(state, "targets"))
  const target = { path: "trusted_root.json", length: trustedRoot.length }
  targets.addTarget(new TargetFile({ ...target, hashes: { sha256: sha256(trustedRoot) } }))
  const targetsBytes = signed(new Metadata(targets), [keys.targets])

  const meta = { "targets.json": metaFile(state, targets.version, targetsBytes) }
  const snapshot = new Snapshot({ ...head(state, "snapshot"), meta })
  const snapshotBytes = signed(new Metadata(snapshot), [keys.snapshot])

  const snapshotMeta = metaFile(state, snapshot.version, snapshotBytes)
  const timestamp = new Timestamp({ ...head(state, "timestamp"), snapshotMeta })

  files.set(targetPath(trustedRoot), trustedRoot)
  files.set(`/${targets.version}.targets.json`, targetsBytes)
  files.set(`/${snapshot.version}.snapshot.json`, snapshotBytes)
  files.set("/timestamp.json", signed(new Metadata(timestamp), [keys.timestamp]))
}

/** The members that all metadata have; each call is a new version. */
function head(
  { now, versions, expires }: State,
  role: Role,
): { readonly version: number; readonly specVersion: string; readonly expires: string } {
  versions[role] += 1
  const end = expires[role] ?? now + LIFETIME_DAYS[role] * DAY_MS
  return {
    version: versions[role],
    specVersion: "1.0.31",
    expires: new Date(end).toISOString().replace(/\.\d+Z$/, "Z"),
  }
}

function metaFile({ hashes }: State, version: number, bytes: Buffer): MetaFile {
  if (!hashes) return new MetaFile({ version })
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: sha256(bytes) } })
}

function signed(
  metadata: Metadata<Root> | Metadata<Timestamp> | Metadata<Snapshot> | Metadata<Targets>,
  signers: readonly RoleKey[],
): Buffer {
  for (const { key, privateKey } of signers) {
    metadata.sign((data) => {
      const sig = sign("sha256", data, privateKey).toString("hex")
      return new Signature({ keyID: key.keyID, sig })
    })
  }
  return Buffer.from(JSON.stringify(metadata.toJSON()))
}

// Consistent snapshots: a target's hash is part of its name (TUF specification §6.2).
function targetPath(trustedRoot: Buffer): string {
  return `/targets/${sha256(trustedRoot)}.trusted_root.json`
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex")
}

async function answer(
  file: Buffer | undefined,
  faults: RepositoryFaults,
  response: ServerResponse,
): Promise<void> {
  if (faults.hang === true) return
  if (faults.stall === true) {
    response.writeHead(200, { "content-length": 1_000 }).flushHeaders()
    return
  }
  await faults.until
  const { redirect, status = file === undefined ? 404 : 200 } = faults
  if (redirect === undefined) response.writeHead(status).end(file)
  else response.writeHead(302, { location: redirect }).end()
}

async function listen(server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", resolve)
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new TypeError("not a TCP server")
  return address
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
  server.closeAllConnections()
  await closed
}
