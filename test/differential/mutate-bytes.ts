import { derChildren, readDer } from "../../src/core/der.ts"
import { WheelproofError } from "../../src/core/errors.ts"
import { tagged } from "../../src/world/crypto/der.ts"
import { editDer } from "../support/edit-der.ts"
import type { Choices } from "./choices.ts"

/** Bytes with one bit or byte changed, or a range cut out, doubled or put in. */
export function mutateBytes(bytes: Uint8Array, { below, pick }: Choices): Uint8Array {
  const at = below(Math.max(bytes.length, 1))
  const length = 1 + below(8)
  const before = bytes.subarray(0, at)
  const range = bytes.subarray(at, at + length)
  const after = bytes.subarray(at + length)
  switch (pick(["bit", "bit", "bit", "byte", "cut", "double", "put in", "append", "truncate"])) {
    case "bit":
      return changed(bytes, at, (octet) => octet ^ (1 << below(8)))
    case "byte":
      return changed(bytes, at, () => below(256))
    case "cut":
      return Buffer.concat([before, after])
    case "double":
      return Buffer.concat([before, range, range, after])
    case "put in":
      return Buffer.concat([before, Buffer.alloc(length, below(256)), range, after])
    case "append":
      return Buffer.concat([bytes, Buffer.alloc(length, below(256))])
    case "truncate":
      return before
  }
}

function changed(bytes: Uint8Array, at: number, change: (octet: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = change(copy[at] ?? 0)
  return copy
}

/** DER with one element, somewhere inside, changed, left out, doubled or of another tag; the lengths around it are mended. */
export function mutateDer(der: Uint8Array, choices: Choices): Uint8Array | undefined {
  const paths = elementsOf(der)
  if (paths.length === 0) return undefined
  const { below, pick } = choices
  const path = pick(paths)
  const kind = pick(["content", "content", "tag", "leave out", "double", "wrap", "long length"])
  return editDer(der, path, (element) => {
    const { tag, content } = readDer(element, "the element")
    switch (kind) {
      case "content":
        return [tagged(tag, mutateBytes(content, choices))]
      case "tag":
        return [tagged(pick([tag ^ (1 << below(8)), 0x02, 0x04, 0x0c, 0x30, 0x31]), content)]
      case "leave out":
        return []
      case "double":
        return [element, element]
      case "wrap":
        return [tagged(0x30, element)]
      case "long length":
        // The same length in more octets than it needs.
        return [
          Buffer.concat([
            Uint8Array.of(tag, 0x83, 0, content.length >> 8, content.length & 0xff),
            content,
          ]),
        ]
    }
  })
}

/** The paths of the elements inside, for {@link editDer}; none for what is not DER. */
function elementsOf(der: Uint8Array): readonly (readonly number[])[] {
  try {
    return inside(readDer(der, "it"))
  } catch (error) {
    if (error instanceof WheelproofError) return []
    throw error
  }
}

function inside(parent: ReturnType<typeof readDer>): readonly (readonly number[])[] {
  if ((parent.tag & 0x20) === 0) return []
  return derChildren(parent, "it").flatMap((child, index) => [
    [index],
    ...inside(child).map((path) => [index, ...path]),
  ])
}
