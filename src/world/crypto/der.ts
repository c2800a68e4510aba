/** One complete DER value: tag, length and contents (X.690 §10). */
export type Der = Uint8Array

const CONSTRUCTED = 0x20
const CONTEXT = 0x80

/** Any tag over any contents; for values that the other writers would refuse to make. */
export function tagged(tag: number, ...contents: readonly Uint8Array[]): Der {
  const body = Buffer.concat(contents)
  return Buffer.concat([Uint8Array.of(tag), length(body.length), body])
}

/** SEQUENCE of the items as they stand. */
export function sequence(...items: readonly Der[]): Der {
  return tagged(0x30, ...items)
}

/** SET OF: the items in the order that DER demands (X.690 §11.6). */
export function setOf(...items: readonly Der[]): Der {
  return tagged(0x31, ...items.toSorted((a, b) => Buffer.compare(a, b)))
}

/** INTEGER, in the shortest two's complement form. */
export function integer(value: bigint | number): Der {
  const wanted = BigInt(value)
  let bytes = 1
  while (BigInt.asIntN(bytes * 8, wanted) !== wanted) bytes += 1
  const hex = BigInt.asUintN(bytes * 8, wanted).toString(16)
  return tagged(0x02, Buffer.from(hex.padStart(bytes * 2, "0"), "hex"))
}

/** OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number)
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

/** OCTET STRING. */
export function octetString(bytes: Uint8Array): Der {
  return tagged(0x04, bytes)
}

/** BIT STRING of whole bytes, or of fewer bits in the last one. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Der {
  return tagged(0x03, Uint8Array.of(unusedBits), bytes)
}

/** Named bits (X.680 §22.7), such as a key usage: trailing zero bits are left out. */
export function namedBits(positions: readonly number[]): Der {
  const last = Math.max(-1, ...positions)
  const bytes = new Uint8Array(Math.ceil((last + 1) / 8))
  for (const position of positions) {
    bytes[position >> 3] = (bytes[position >> 3] ?? 0) | (0x80 >> (position & 7))
  }
  return bitString(bytes, last < 0 ? 0 : 7 - (last & 7))
}

/** UTF8String. */
export function utf8String(text: string): Der {
  return tagged(0x0c, Buffer.from(text, "utf8"))
}

/** PrintableString; the caller keeps to its alphabet. */
export function printableString(text: string): Der {
  return tagged(0x13, Buffer.from(text, "latin1"))
}

/** IA5String. */
export function ia5String(text: string): Der {
  return tagged(0x16, Buffer.from(text, "latin1"))
}

/** BOOLEAN. */
export function boolean(value: boolean): Der {
  return tagged(0x01, Uint8Array.of(value ? 0xff : 0))
}

/** NULL. */
export function nullValue(): Der {
  return tagged(0x05)
}

/** UTCTime of a moment in milliseconds since 1970, cut to the second. */
export function utcTime(time: number): Der {
  return tagged(0x17, Buffer.from(digits(time).slice(2), "latin1"))
}

/** GeneralizedTime of a moment in milliseconds since 1970; a fraction is written where there is one. */
export function generalizedTime(time: number): Der {
  const fraction = time % 1000 === 0 ? "" : `.${String(time % 1000).padStart(3, "0")}`
  const text = digits(time).replace("Z", `${fraction.replace(/0+$/, "")}Z`)
  return tagged(0x18, Buffer.from(text, "latin1"))
}

/** Time as certificates write it: UTCTime until 2049 (RFC 5280 §4.1.2.5). */
export function certificateTime(time: number): Der {
  const second = Math.floor(time / 1000) * 1000
  return new Date(second).getUTCFullYear() < 2050 ? utcTime(second) : generalizedTime(second)
}

/** An explicit context tag around complete values. */
export function explicit(number: number, ...items: readonly Der[]): Der {
  return tagged(CONTEXT | CONSTRUCTED | number, ...items)
}

/** An implicit context tag over primitive contents. */
export function implicit(number: number, contents: Uint8Array): Der {
  return tagged(CONTEXT | number, contents)
}

function digits(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:T]|\.\d+/g, "")
}

function length(size: number): Uint8Array {
  if (size < 0x80) return Uint8Array.of(size)
  const hex = size.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex")
  return Buffer.concat([Uint8Array.of(0x80 | bytes.length), bytes])
}

function base128(arc: number): number[] {
  const out = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    out.unshift((rest % 128) | 0x80)
  }
  return out
}
