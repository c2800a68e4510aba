import * as fs from "node:fs"
import path from "node:path"

/** Writes files below a folder of its own, from names that were checked: relative, plain steps, each once, and no file behind a link. */
export interface TreeWriter {
  folder(name: string): void
  /** Opens a new file. */
  file(name: string, isExecutable: boolean): OpenFile
  /** `target` as a symbolic link has it. */
  symbolicLink(name: string, target: string): void
  /** `target` as a name in the tree. */
  hardLink(name: string, target: string): void
}

/** A file that is being written. */
export interface OpenFile {
  write(bytes: Uint8Array): void
  /** Closes it, last changed at this time, in seconds since 1970. */
  close(modified: number): void
}

/** Writes below `root`, which must be a new folder. */
export function createTreeWriter(root: string): TreeWriter {
  const within = (name: string): string => path.join(root, ...name.split("/"))
  return {
    folder(name) {
      fs.mkdirSync(within(name), { recursive: true })
    },
    file(name, isExecutable) {
      const file = within(name)
      makeParent(file)
      // The mode is set afterwards: the process's mask must not decide what is built.
      const descriptor = fs.openSync(file, "wx", 0o600)
      return {
        write(bytes) {
          fs.writeFileSync(descriptor, bytes)
        },
        close(modified) {
          fs.fchmodSync(descriptor, isExecutable ? 0o755 : 0o644)
          fs.futimesSync(descriptor, modified, modified)
          fs.closeSync(descriptor)
        },
      }
    },
    symbolicLink(name, target) {
      makeParent(within(name))
      fs.symlinkSync(target, within(name))
    },
    hardLink(name, target) {
      makeParent(within(name))
      fs.linkSync(within(target), within(name))
    },
  }
}

function makeParent(file: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true })
}
