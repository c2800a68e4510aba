import { describe, expect, test } from "vitest"

import { sha256 } from "../../src/core/keys.ts"
import { readDer } from "../../src/core/der.ts"
import { verifyTimestamp } from "../../src/core/timestamp.ts"
import { parseTimestampResponse } from "../../src/core/timestamp-token.ts"
import {
  implicit,
  integer,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  tagged,
} from "../../src/world/crypto/der.ts"
import { createWorld } from "../../src/world/world.ts"
import { editDer } from "../support/edit-der.ts"
import { instancesOf, NOW } from "../support/judge.ts"
import { outcome } from "../support/hostile.ts"

const MALFORMED = "ERR_INPUT_MALFORMED"
const world = createWorld({ now: NOW })
const SIGNATURE = Buffer.from("a signature")
const stamp = world.timestampAuthority.stamp(SIGNATURE)
const [instance] = instancesOf(world)

// TimeStampResp { status, ContentInfo { type, [0] SignedData { version, digests, content, [0] certificates, signers } } }.
const SIGNED_DATA = [1, 1, 0]
const CONTENT = [...SIGNED_DATA, 2]
const SIGNERS = [...SIGNED_DATA, 4]
const SIGNER = [...SIGNERS, 0]

/** The token with another TSTInfo, made from its own. */
function withInfo(edit: (info: Uint8Array) => Uint8Array): Uint8Array {
  return editDer(stamp, [...CONTENT, 1, 0], (octets) => [
    octetString(edit(readDer(octets, "octets").content)),
  ])
}

function nested(depth: number): Uint8Array {
  return depth === 0 ? nullValue() : sequence(nested(depth - 1))
}

const twice = (element: Uint8Array): readonly Uint8Array[] => [element, element]
const nothing = (): readonly Uint8Array[] => []

describe("a timestamp", () => {
  test("is read part by part", () => {
    const token = parseTimestampResponse(stamp)
    expect(new Date(token.time)).toEqual(new Date(NOW))
    expect(token.imprint.hash).toEqual(sha256(SIGNATURE))
    expect(token.certificates).toHaveLength(1)
  })

  test.each([
    [
      "of another content",
      editDer(stamp, [1, 0], ([, ...rest]) => [Uint8Array.of(6, ...rest.slice(0, -1), 3)]),
    ],
    ["whose info is of version 2", withInfo((info) => editDer(info, [0], () => [integer(2)]))],
    ["with two signers", editDer(stamp, SIGNER, twice)],
    [
      "whose info is in no octet string",
      editDer(stamp, [...CONTENT, 1, 0], ([, ...rest]) => [Uint8Array.of(3, ...rest)]),
    ],
    [
      "with a broken part that its signature does not cover",
      editDer(stamp, [...SIGNED_DATA, 1, 0], () => [Uint8Array.of(0x30, 0x81, 0x02, 0x05, 0x00)]),
    ],
    ["with too much depth", editDer(stamp, [...SIGNED_DATA, 1, 0], () => [nested(40)])],
    [
      "signed by an unknown algorithm",
      editDer(stamp, [...SIGNER, 4, 0], () => [objectIdentifier("1.2.840.10045.4.1")]),
    ],
    [
      "whose algorithm is no algorithm",
      editDer(stamp, [...SIGNER, 4, 0], (oid) => [sequence(oid)]),
    ],
    [
      "whose version is not in its shortest form",
      editDer(stamp, [...SIGNED_DATA, 0], () => [tagged(0x02, Uint8Array.of(0, 3))]),
    ],
    [
      "whose signer's version is not in its shortest form",
      editDer(stamp, [...SIGNER, 0], () => [tagged(0x02, Uint8Array.of(0, 1))]),
    ],
    ["without a signer", editDer(stamp, SIGNER, nothing)],
    ["with an attribute twice", editDer(stamp, [...SIGNER, 3, 0], twice)],
    ["with an attribute of two values", editDer(stamp, [...SIGNER, 3, 0, 1, 0], twice)],
    ["with an attribute without a value", editDer(stamp, [...SIGNER, 3, 0, 1, 0], nothing)],
    ["with surplus parts", editDer(stamp, [...SIGNED_DATA, 4], twice)],
    ["with bytes behind it", Buffer.concat([stamp, Uint8Array.of(0)])],
    [
      "with too many certificates",
      editDer(stamp, [...SIGNED_DATA, 3, 0], (one) => Array.from({ length: 11 }, () => one)),
    ],
  ])("%s is refused", (_what, der) => {
    expect(outcome(() => parseTimestampResponse(der))).toBe(MALFORMED)
  })

  test("over the limit is refused before it is read", () => {
    expect(outcome(() => parseTimestampResponse(Buffer.alloc(70_000)))).toBe("ERR_INPUT_TOO_LARGE")
  })

  test("may name its signer by key identifier, and then by that of a trusted certificate", () => {
    const authorities = instance?.timestampAuthorities ?? []
    const identifier =
      authorities[0]?.chain[0]?.extensions.get("2.5.29.14")?.value ?? new Uint8Array()
    const own = readDer(identifier, "identifier").content
    expect(verifyTimestamp(named(own), SIGNATURE, authorities)).toMatchObject({ kind: "valid" })
    expect(verifyTimestamp(named(Buffer.alloc(20)), SIGNATURE, authorities)).toMatchObject({
      kind: "invalid",
    })
  })

  test("may use the older attribute that names its certificate by SHA-1", () => {
    // The attribute is signed, so this token's signature is broken; it is parsed nevertheless.
    const attributes = [...SIGNER, 3]
    const oid = Buffer.from("060b2a864886f70d010910020c", "hex")
    const value = tagged(
      0x31,
      tagged(0x30, tagged(0x30, tagged(0x30, octetString(Buffer.alloc(20))))),
    )
    const withOld = editDer(stamp, [...attributes, 0], (first) => [tagged(0x30, oid, value), first])
    const withoutNew = removeAttribute(withOld, "2a864886f70d010910022f")
    const { certificateHash } = parseTimestampResponse(withoutNew).signer
    expect(certificateHash).toEqual({ hashName: "sha1", hash: Buffer.alloc(20) })
  })
})

/** The token with its signer named by key identifier, and without certificates. */
function named(key: Uint8Array): Uint8Array {
  const byKey = editDer(stamp, [...SIGNER, 1], () => [implicit(0, key)])
  return editDer(byKey, [...SIGNED_DATA, 3], () => [])
}

function removeAttribute(der: Uint8Array, oidHex: string): Uint8Array {
  const edits = Array.from({ length: 5 }, (_, index) => {
    const removed: Uint8Array[] = []
    const edited = editDer(der, [...SIGNER, 3, index], (attribute) => {
      if (!Buffer.from(attribute).toString("hex").includes(oidHex)) return [attribute]
      removed.push(attribute)
      return []
    })
    return { edited, removed }
  })
  const found = edits.find(({ removed }) => removed.length > 0)
  if (found === undefined) throw new Error("there is no such attribute")
  return found.edited
}
