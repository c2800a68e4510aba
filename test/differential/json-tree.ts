/** The way to a value inside a JSON document. */
export type Path = readonly (string | number)[]

/** The paths of all members and elements, the document itself excepted. */
export function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const own = [...path, Array.isArray(value) ? Number(key) : key]
    return [own, ...pathsOf(inner, own)]
  })
}

/** The value at a path, or undefined. */
export function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined,
    document,
  )
}

/** A copy of the document in which one value is replaced by what `change` makes of it. */
export function changeAt(
  document: unknown,
  path: Path,
  change: (parent: object, key: string | number) => void,
): unknown {
  const copy = structuredClone(document)
  const parent = valueAt(copy, path.slice(0, -1))
  const key = path.at(-1)
  if (typeof parent === "object" && parent !== null && key !== undefined) change(parent, key)
  return copy
}

/** A copy with another value at a path. */
export function replaceAt(document: unknown, path: Path, value: unknown): unknown {
  return changeAt(document, path, (parent, key) => Reflect.set(parent, key, value))
}

/** A copy without the member or element at a path. */
export function removeAt(document: unknown, path: Path): unknown {
  return changeAt(document, path, (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else Reflect.deleteProperty(parent, key)
  })
}
