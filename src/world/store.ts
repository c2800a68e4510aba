import { mkdirSync } from "node:fs"
import path from "node:path"

import { decodeUtf8 } from "../core/bytes.ts"
import { createFiles } from "../io/files.ts"
import { digest } from "./crypto/keys.ts"

const MAX_STATE_BYTES = 2 ** 28
const MAX_CONTENT_BYTES = 2 ** 31

/** Where a service of the local world keeps what it knows: one state, and contents under their digests. */
export interface Store {
  /** The state that was saved last, by whatever process; undefined where none was. */
  readonly load: () => unknown
  readonly save: (state: object) => void
  /** Keeps a content and returns its SHA-256, in hex. */
  readonly put: (content: Uint8Array) => string
  readonly get: (sha256: string) => Uint8Array | undefined
}

/** A store that ends with the process. Its state is the service's own object, so nothing has to be saved. */
export function createMemoryStore(): Store {
  const contents = new Map<string, Uint8Array>()
  return {
    load: () => undefined,
    save() {},
    put(content) {
      const sha256 = sha256Of(content)
      contents.set(sha256, content)
      return sha256
    },
    get: (sha256) => contents.get(sha256),
  }
}

/** A store in a folder, for a service that is to know after a restart what it knew before; the folder is made where there is none. */
export function createFolderStore(folder: string): Store {
  const files = createFiles()
  const state = path.join(folder, "state.json")
  const content = (sha256: string): string => path.join(folder, "contents", sha256)
  mkdirSync(path.join(folder, "contents"), { recursive: true })
  return {
    load() {
      if (files.kind(state) === "missing") return undefined
      return JSON.parse(decodeUtf8(files.read(state, MAX_STATE_BYTES), state))
    },
    save(value) {
      files.write(state, `${JSON.stringify(value)}\n`, true)
    },
    put(bytes) {
      const sha256 = sha256Of(bytes)
      if (files.kind(content(sha256)) === "missing") files.write(content(sha256), bytes, true)
      return sha256
    },
    get(sha256) {
      const file = content(sha256)
      return files.kind(file) === "missing" ? undefined : files.read(file, MAX_CONTENT_BYTES)
    },
  }
}

/** Whether a saved state is of this format. What is in it is the service's own and is not looked at again. */
export function hasFormat(state: unknown, format: string): boolean {
  return typeof state === "object" && state !== null && "format" in state && state.format === format
}

function sha256Of(bytes: Uint8Array): string {
  return digest("sha256", bytes).toString("hex")
}
