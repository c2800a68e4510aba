import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto"

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

import { digest } from "../crypto/keys.ts"
import type { Handler } from "../http/handler.ts"

/** TUF's four top-level roles. */
export type Role = "root" | "timestamp" | "snapshot" | "targets"

/** How to rotate the root. */
interface Rotation {
  /** The roles that get a new key; all of them. */
  readonly roles?: readonly Role[]
  /** Whose signatures the new root has; the old root key's and the new one's. */
  readonly signedBy?: "both" | "old" | "new"
}

/** What a repository keeps, to go on where it was. */
export interface KeptRepository {
  /** PKCS #8 in PEM. */
  readonly keys: Readonly<Record<Role, string>>
  readonly versions: Readonly<Record<Role, number>>
  /** Every root so far, base64, the first one first. */
  readonly roots: readonly string[]
}

/** A TUF repository, with one key for each role (TUF specification 1.0, consistent snapshots). */
export interface TufRepository {
  /** What is served, by path; may be changed at any time: deleted, replaced by other bytes, put back. */
  readonly files: Map<string, Buffer>
  /** The path of a target that is current. */
  readonly targetPath: (name?: string) => string
  /** The first root: where clients begin. */
  readonly firstRoot: Buffer
  /** Publishes targets: those that are named anew, and the others as they are. */
  readonly publish: (targets: Readonly<Record<string, string>>) => void
  /** Publishes the next root and what its keys sign. */
  readonly rotate: (rotation?: Rotation) => void
  /** Publishes metadata anew of which those of one role end at this time, in milliseconds since 1970. */
  readonly expire: (role: Role, at: number) => void
  /** Publishes metadata anew of which those of one role, root excepted, count from this version. */
  readonly restart: (role: Role, version: number) => void
  readonly keep: () => KeptRepository
}

/** How to set up a {@link TufRepository}. */
export interface TufRepositoryOptions {
  /** By name. */
  readonly targets: Readonly<Record<string, string>>
  /** What is signed ends days after this, in milliseconds since 1970. */
  readonly now: number
  /** Whether metadata name other metadata by length and hash besides the version; they do. */
  readonly hashes?: boolean
  readonly kept?: KeptRepository
}

/** Serves a repository's files. */
export function createTufHandler({ files }: TufRepository): Handler {
  return ({ method, url }) => {
    const file = files.get(new URL(url).pathname)
    if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405 })
    if (file === undefined) return new Response("not found\n", { status: 404 })
    return new Response(new Uint8Array(file))
  }
}

const DAY_MS = 86_400_000
const LIFETIME_DAYS: Record<Role, number> = {
  root: 3_650,
  targets: 3_650,
  snapshot: 3_650,
  timestamp: 7,
}
const ROLES = ["root", "timestamp", "snapshot", "targets"] as const
const TRUSTED_ROOT = "trusted_root.json"

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
  readonly roots: Buffer[]
  readonly targets: Map<string, Buffer>
}

/** Makes a repository, or takes one up that was kept. */
export function createTufRepository(options: TufRepositoryOptions): TufRepository {
  const { targets, kept } = options
  const state = createState(options)
  if (kept === undefined) publishRoot(state, [state.keys.root])
  const publish: TufRepository["publish"] = (changed) => {
    for (const [name, text] of Object.entries(changed)) state.targets.set(name, Buffer.from(text))
    publishTargets(state)
  }
  publish(targets)
  return {
    files: state.files,
    firstRoot: state.roots[0] ?? Buffer.of(),
    publish,
    targetPath: (name = TRUSTED_ROOT) => targetPath(name, state.targets.get(name) ?? Buffer.of()),
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
    keep: () => ({
      keys: mapRoles((role) =>
        state.keys[role].privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      ),
      versions: { ...state.versions },
      roots: state.roots.map((root) => root.toString("base64")),
    }),
  }
}

function createState({ now, hashes = true, kept }: TufRepositoryOptions): State {
  const roots = kept?.roots.map((root) => Buffer.from(root, "base64")) ?? []
  return {
    now,
    hashes,
    keys: mapRoles((role) => createRoleKey(kept?.keys[role])),
    versions: kept === undefined ? mapRoles(() => 0) : { ...kept.versions },
    expires: {},
    files: new Map(roots.map((root, index) => [`/${index + 1}.root.json`, root])),
    roots,
    targets: new Map(),
  }
}

function mapRoles<T>(value: (role: Role) => T): Record<Role, T> {
  return {
    root: value("root"),
    timestamp: value("timestamp"),
    snapshot: value("snapshot"),
    targets: value("targets"),
  }
}

function createRoleKey(kept?: string): RoleKey {
  const privateKey =
    kept === undefined
      ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
      : createPrivateKey(kept)
  const publicKey = createPublicKey(privateKey)
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
  const bytes = signed(new Metadata(root), signers)
  state.roots.push(bytes)
  state.files.set(`/${root.version}.root.json`, bytes)
}

function publishTargets(state: State): void {
  const { files, keys } = state
  const targets = new Targets(head(state, "targets"))
  for (const [path, bytes] of state.targets) {
    const hashes = { sha256: sha256(bytes) }
    targets.addTarget(new TargetFile({ path, length: bytes.length, hashes }))
    files.set(targetPath(path, bytes), bytes)
  }
  const targetsBytes = signed(new Metadata(targets), [keys.targets])

  const meta = { "targets.json": metaFile(state, targets.version, targetsBytes) }
  const snapshot = new Snapshot({ ...head(state, "snapshot"), meta })
  const snapshotBytes = signed(new Metadata(snapshot), [keys.snapshot])

  const snapshotMeta = metaFile(state, snapshot.version, snapshotBytes)
  const timestamp = new Timestamp({ ...head(state, "timestamp"), snapshotMeta })

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
function targetPath(name: string, bytes: Buffer): string {
  return `/targets/${sha256(bytes)}.${name}`
}

function sha256(bytes: Uint8Array): string {
  return digest("sha256", bytes).toString("hex")
}
