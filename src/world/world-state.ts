import { chmodSync, mkdirSync } from "node:fs"
import path from "node:path"

import { createFileJournal, createMemoryJournal, type Journal } from "./journal.ts"
import { createFolderStore, createMemoryStore, type Store } from "./store.ts"

/** Where a local world keeps what it is to know after a restart. */
export interface WorldState {
  /** A store of the service's own. */
  readonly store: (name: string) => Store
  /** A journal of the log's own. */
  readonly journal: (name: string) => Journal
}

/** Nothing is kept. */
export function createMemoryState(): WorldState {
  return { store: createMemoryStore, journal: createMemoryJournal }
}

/** Everything is kept in a folder, private keys too: only its owner may look into it. */
export function createFolderState(folder: string): WorldState {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  return {
    store: (name) => createFolderStore(path.join(folder, name)),
    journal: (name) => createFileJournal(path.join(folder, `${name}.jsonl`)),
  }
}
