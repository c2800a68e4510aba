/**
 * Remembers a pure function of two objects for as long as both live. For what is expensive and asked again for every
 * attestation of one upload: signatures between certificates.
 */
export function memoizePair<First extends object, Second extends object, Value>(
  compute: (first: First, second: Second) => Value,
): (first: First, second: Second) => Value {
  const known = new WeakMap<First, WeakMap<Second, { readonly value: Value }>>()
  return (first, second) => {
    let row = known.get(first)
    if (row === undefined) known.set(first, (row = new WeakMap()))
    let cell = row.get(second)
    if (cell === undefined) row.set(second, (cell = { value: compute(first, second) }))
    return cell.value
  }
}

/** A map that forgets its oldest entries beyond `capacity`, so that hostile input cannot fill memory. */
export class BoundedMap<Value> {
  readonly #capacity: number
  readonly #entries = new Map<string, Value>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** The value for `key`, computed where it is not remembered. */
  get(key: string, compute: () => Value): Value {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const value = compute()
    this.#entries.set(key, value)
    if (this.#entries.size > this.#capacity) {
      const [oldest] = this.#entries.keys()
      if (oldest !== undefined) this.#entries.delete(oldest)
    }
    return value
  }
}
