import { derChildren, readDer } from "../../src/core/der.ts"
import { tagged } from "../../src/world/crypto/der.ts"

/** A document with the element at `path` (child numbers from the outside in) replaced by what `edit` makes of it; lengths are mended. */
export function editDer(
  der: Uint8Array,
  path: readonly number[],
  edit: (element: Uint8Array) => readonly Uint8Array[],
): Uint8Array {
  const [child, ...rest] = path
  const element = readDer(der, "the edited document")
  if (child === undefined) throw new Error("a path has at least one child")
  const children = derChildren(element, "the edited document").map(({ bytes }) => bytes)
  const target = children[child]
  if (target === undefined) throw new Error(`there is no child ${child}`)
  const edited = rest.length === 0 ? edit(target) : [editDer(target, rest, edit)]
  return tagged(element.tag, ...children.toSpliced(child, 1, ...edited))
}
