import { decodeBase64 } from "./bytes.ts"
import { malformed, WheelproofError } from "./errors.ts"

/**
 * A JSON object on its way to a type: reads members by name, says in errors where it was, and can tell whether a member was left
 * unread. Every method throws `ERR_INPUT_MALFORMED` when the member is not what is asked for; JSON `null` is an absent member.
 */
export class Shape {
  readonly path: string
  readonly #members: Readonly<Record<string, unknown>>
  readonly #read = new Set<string>()

  /** Wraps `value`, which must be a JSON object; `path` names it in errors. */
  constructor(value: unknown, path: string) {
    if (!isRecord(value)) throw malformed(`${path} is not an object`)
    this.#members = value
    this.path = path
  }

  /** The member as it is, or undefined. */
  raw(name: string): unknown {
    this.#read.add(name)
    return Object.hasOwn(this.#members, name) ? (this.#members[name] ?? undefined) : undefined
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined
  }

  names(): readonly string[] {
    return Object.keys(this.#members)
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.#missing(name)
  }

  optionalString(name: string): string | undefined {
    const value = this.raw(name)
    if (value === undefined || typeof value === "string") return value
    throw malformed(`${this.path}.${name} is not a string`)
  }

  /** A string, or a safe integer as its decimal digits: some builders write ids as numbers. */
  optionalText(name: string): string | undefined {
    const value = this.raw(name)
    return typeof value === "number" && Number.isSafeInteger(value)
      ? String(value)
      : this.optionalString(name)
  }

  object(name: string): Shape {
    return this.optionalObject(name) ?? this.#missing(name)
  }

  optionalObject(name: string): Shape | undefined {
    const value = this.raw(name)
    return value === undefined ? undefined : new Shape(value, `${this.path}.${name}`)
  }

  /** An array of at most `most` elements, each with its path; an absent one is empty. */
  list(name: string, most: number): readonly { readonly value: unknown; readonly path: string }[] {
    const value = this.raw(name) ?? []
    const path = `${this.path}.${name}`
    if (!Array.isArray(value)) throw malformed(`${path} is not an array`)
    if (value.length > most) {
      throw new WheelproofError("ERR_INPUT_TOO_LARGE", `${path} has over ${most} elements`)
    }
    return value.map((element: unknown, index) => ({ value: element, path: `${path}[${index}]` }))
  }

  shapes(name: string, most: number): readonly Shape[] {
    return this.list(name, most).map(({ value, path }) => new Shape(value, path))
  }

  /** A string of standard base64, decoded. */
  base64(name: string): Uint8Array {
    return decodeBase64(this.string(name), `${this.path}.${name}`)
  }

  /** A list of at most `most` strings of standard base64, decoded. */
  base64List(name: string, most: number): readonly Uint8Array[] {
    return this.list(name, most).map(({ value, path }) => {
      if (typeof value !== "string") throw malformed(`${path} is not a string`)
      return decodeBase64(value, path)
    })
  }

  optionalBase64(name: string): Uint8Array | undefined {
    const text = this.optionalString(name)
    return text === undefined ? undefined : decodeBase64(text, `${this.path}.${name}`)
  }

  /** A 64-bit integer as protobuf JSON writes it: decimal digits in a string; or a safe JSON integer. Never negative. */
  uint64(name: string): bigint {
    const value = this.raw(name)
    if (value === undefined) return this.#missing(name)
    return parseUint64(value, `${this.path}.${name}`)
  }

  optionalUint64(name: string): bigint | undefined {
    return this.raw(name) === undefined ? undefined : this.uint64(name)
  }

  /** A map of strings, such as a digest set. */
  stringMap(name: string): ReadonlyMap<string, string> {
    const shape = this.optionalObject(name)
    return new Map(shape?.names().map((key) => [key, shape.string(key)]))
  }

  /** Refuses members that nobody asked for. */
  refuseUnread(): void {
    const unread = this.names().find((name) => !this.#read.has(name))
    if (unread !== undefined) {
      throw malformed(`${this.path} has the unknown member ${JSON.stringify(unread)}`)
    }
  }

  #missing(name: string): never {
    throw malformed(`${this.path}.${name} is missing`)
  }
}

const UINT64_MAX = 2n ** 64n - 1n

function parseUint64(value: unknown, path: string): bigint {
  const digits = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value
  if (typeof digits === "string" && /^(?:0|[1-9][0-9]{0,19})$/.test(digits)) {
    const number = BigInt(digits)
    if (number <= UINT64_MAX) return number
  }
  throw malformed(`${path} is not a 64-bit unsigned integer`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
