import { Buffer } from "node:buffer"

import { malformed } from "./errors.ts"

/** One DER element (X.690 §8, §10): views into the document, nothing copied, and made only when asked for. */
export class DerElement {
  /** The identifier octet. */
  readonly tag: number
  /** How many octets identifier, length and content have. */
  readonly length: number
  readonly #document: Uint8Array
  readonly #start: number
  readonly #header: number

  /** An element of `length` octets at `start`, of which the first `header` are identifier and length. */
  constructor(document: Uint8Array, start: number, header: number, length: number) {
    this.tag = document[start] ?? 0
    this.length = length
    this.#document = document
    this.#start = start
    this.#header = header
  }

  /** Identifier, length and content. */
  get bytes(): Uint8Array {
    return this.#document.subarray(this.#start, this.#start + this.length)
  }

  get content(): Uint8Array {
    return this.#document.subarray(this.#start + this.#header, this.#start + this.length)
  }
}

/** Identifier octets that appear in certificates and timestamps. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Reads the one element that `bytes` is; anything after it is `ERR_INPUT_MALFORMED`. */
export function readDer(bytes: Uint8Array, what: string): DerElement {
  const element = readDerAt(bytes, 0, what)
  if (element.length !== bytes.byteLength) {
    throw malformed(`${what}: bytes follow the DER element`)
  }
  return element
}

/** Reads the elements inside a constructed element, in order. */
export function derChildren(parent: DerElement, what: string): readonly DerElement[] {
  if ((parent.tag & 0x20) === 0) throw malformed(`${what}: not a constructed DER element`)
  const children: DerElement[] = []
  const { content } = parent
  for (let at = 0; at < content.byteLength;) {
    const child = readDerAt(content, at, what)
    children.push(child)
    at += child.length
  }
  return children
}

/**
 * Refuses an element that is not DER all through, with at most `depth` levels inside it. For documents of which not every part is read,
 * nor covered by a signature.
 */
export function checkDer(element: DerElement, what: string, depth: number): void {
  if ((element.tag & 0x20) === 0) return
  if (depth === 0) throw malformed(`${what}: DER is nested too deeply`)
  for (const child of derChildren(element, what)) checkDer(child, what, depth - 1)
}

/** A reader over the elements of a sequence or set: takes them in order, by tag. */
export class DerReader {
  readonly #children: readonly DerElement[]
  readonly #what: string
  #at = 0

  constructor(parent: DerElement, what: string) {
    this.#children = derChildren(parent, what)
    this.#what = what
  }

  /** Takes the next element, which must have this tag. */
  take(tag: number): DerElement {
    const element = this.takeIf(tag)
    if (element === undefined) throw malformed(`${this.#what}: unexpected DER element`)
    return element
  }

  /** Takes the next element if it has this tag. */
  takeIf(tag: number): DerElement | undefined {
    const element = this.#children[this.#at]
    if (element?.tag !== tag) return undefined
    this.#at += 1
    return element
  }

  /** Refuses elements that were not taken. */
  end(): void {
    if (this.#at !== this.#children.length) throw malformed(`${this.#what}: surplus DER elements`)
  }
}

// X.690 §10.1: definite lengths in the fewest octets. Tags above 30 do not occur in what we read.
function readDerAt(bytes: Uint8Array, at: number, what: string): DerElement {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) throw malformed(`${what}: DER ends too early`)
  if ((tag & 0x1f) === 0x1f) throw malformed(`${what}: unsupported DER tag`)
  const lengthOctets = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || lengthOctets > 4) throw malformed(`${what}: unsupported DER length`)
  let length = first < 0x80 ? first : 0
  for (let index = 0; index < lengthOctets; index += 1) {
    length = length * 256 + (bytes[at + 2 + index] ?? 0)
  }
  if (lengthOctets > 0 && (length < 0x80 || length < 2 ** (8 * (lengthOctets - 1)))) {
    throw malformed(`${what}: a DER length is not in its shortest form`)
  }
  const header = 2 + lengthOctets
  if (at + header + length > bytes.byteLength) throw malformed(`${what}: DER ends too early`)
  return new DerElement(bytes, at, header, header + length)
}

/** Writes one element around `content`. */
export function writeDer(tag: number, content: Uint8Array): Uint8Array {
  const length = content.byteLength
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : length < 0x10000
          ? [tag, 0x82, length >> 8, length & 0xff]
          : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
  return Buffer.concat([Uint8Array.from(header), content])
}

/** An object identifier in dotted form (X.690 §8.19). */
export function derOid(element: DerElement, what: string): string {
  const { content } = element
  const last = content.at(-1)
  if (element.tag !== DER.oid || last === undefined || last >= 0x80 || content.byteLength > 32) {
    throw malformed(`${what}: not an object identifier`)
  }
  let text = ""
  let arc = 0
  let fresh = true
  for (const octet of content) {
    if (fresh && octet === 0x80) throw malformed(`${what}: an object identifier is padded`)
    arc = arc * 128 + (octet & 0x7f)
    if (arc > Number.MAX_SAFE_INTEGER) throw malformed(`${what}: an object identifier is too large`)
    fresh = octet < 0x80
    if (!fresh) continue
    text += text === "" ? firstArcs(arc) : `.${arc}`
    arc = 0
  }
  return text
}

// X.690 §8.19.4: the first two arcs are one number.
function firstArcs(number: number): string {
  const top = Math.min(2, Math.floor(number / 40))
  return `${top}.${number - top * 40}`
}

/** A boolean; DER has only 0x00 and 0xff (X.690 §11.1). */
export function derBoolean(element: DerElement, what: string): boolean {
  const [octet] = element.content
  if (element.content.byteLength !== 1 || (octet !== 0 && octet !== 0xff)) {
    throw malformed(`${what}: not a DER boolean`)
  }
  return octet === 0xff
}

/** The octets of a non-negative integer, with the zero octet that keeps it positive, as they identify serial numbers. */
export function derIntegerBytes(element: DerElement, what: string): Uint8Array {
  const { content } = element
  const [first, second] = content
  if (element.tag !== DER.integer || first === undefined) throw malformed(`${what}: not an integer`)
  if (first >= 0x80) throw malformed(`${what}: a negative integer`)
  if (first === 0 && second !== undefined && second < 0x80) {
    throw malformed(`${what}: an integer is not in its shortest form`)
  }
  return content
}

/** A small non-negative integer, such as a version. */
export function derSmallInteger(element: DerElement, what: string): number {
  const content = derIntegerBytes(element, what)
  const [value = 0] = content
  if (content.byteLength !== 1 || value >= 0x80) throw malformed(`${what}: integer out of range`)
  return value
}

/** The bytes of a bit string whose length is whole octets. */
export function derBitStringBytes(element: DerElement, what: string): Uint8Array {
  if (element.tag !== DER.bitString || element.content[0] !== 0) {
    throw malformed(`${what}: not a bit string of whole octets`)
  }
  return element.content.subarray(1)
}

/** UTCTime or GeneralizedTime in UTC with seconds (RFC 5280 §4.1.2.5), fractions allowed in the latter; milliseconds since 1970. */
export function derTime(element: DerElement, what: string): number {
  const text = Buffer.from(element.content).toString("latin1")
  const pattern =
    element.tag === DER.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
      : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/
  const parts = pattern.exec(text)
  if (parts === null) throw malformed(`${what}: not a UTC time`)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map(Number)
  const century = element.tag === DER.utcTime ? (year < 50 ? 2000 : 1900) : 0
  const time = Date.UTC(century + year, month - 1, day, hour, minute, second)
  const canonical = new Date(time)
  // Date.UTC rolls the 31st of February over; a time that changed was no time.
  if (
    canonical.getUTCMonth() !== month - 1 ||
    canonical.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    throw malformed(`${what}: no such time`)
  }
  return time + Math.floor(Number(`0.${parts[7] ?? "0"}`) * 1000)
}
