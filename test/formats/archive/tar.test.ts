import * as fc from "fast-check"
import { describe, expect, test } from "vitest"

import { readTar } from "../../../src/formats/archive/tar.ts"
import { paxRecord, tarBytes, type TarEntry } from "../../support/archives.ts"
import { hostileBytes, outcomeOf } from "../../support/hostile.ts"

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
}

interface Read {
  readonly name: string
  readonly kind: string
  readonly content: string
  readonly target?: string
  readonly isSparse: boolean
  readonly attributes: Readonly<Record<string, string>>
}

async function read(bytes: Uint8Array, chunk = 700): Promise<readonly Read[]> {
  const members: { -readonly [Key in keyof Read]: Read[Key] }[] = []
  for await (const part of readTar(inChunks(bytes, chunk))) {
    const last = members.at(-1)
    if (part.kind === "member") {
      const { name, kind, target, attributes } = part.member
      const link = target === undefined ? {} : { target }
      members.push({ name, kind, content: "", ...link, isSparse: part.isSparse, attributes })
    } else if (last !== undefined) last.content += Buffer.from(part.bytes).toString()
  }
  return members
}

async function readRefusal(bytes: Uint8Array): Promise<unknown> {
  return await outcomeOf(() => read(bytes))
}

const HELLO: TarEntry = { name: "a/hello.txt", content: "hello" }

/** A pax header for the member behind it. */
function pax(records: Readonly<Record<string, string>>, type = "x"): TarEntry {
  const content = Object.entries(records)
    .map(([key, value]) => paxRecord(key, value))
    .join("")
  return { name: "PaxHeader", type, content }
}

function writeOwner(header: Buffer): void {
  header.write("0001750\0", 108)
  header.write("alice", 265)
}

describe("what is right is read", () => {
  test.each<[string, readonly TarEntry[], readonly Partial<Read>[]]>([
    [
      "files",
      [HELLO, { name: "b", content: "x".repeat(1_500) }],
      [
        { name: "a/hello.txt", kind: "file", content: "hello" },
        { name: "b", content: "x".repeat(1_500) },
      ],
    ],
    ["nothing", [], []],
    ["a folder", [{ name: "a/", type: "5" }], [{ name: "a/", kind: "folder" }]],
    [
      "a folder of before there were folders",
      [{ name: "a/", type: "\0" }],
      [{ name: "a/", kind: "folder" }],
    ],
    ["a contiguous file", [{ ...HELLO, type: "7" }], [{ kind: "file", content: "hello" }]],
    [
      "links",
      [
        HELLO,
        { name: "s", type: "2", target: "a" },
        { name: "h", type: "1", target: "a/hello.txt" },
      ],
      [
        { kind: "file" },
        { kind: "symbolic link", target: "a" },
        { kind: "hard link", target: "a/hello.txt" },
      ],
    ],
    [
      "devices and pipes",
      ["3", "4", "6"].map((type) => ({ name: "d", type })),
      ["3", "4", "6"].map(() => ({ kind: "device" })),
    ],
    [
      "a type that nobody knows, with content",
      [{ name: "d", type: "Z", content: "zzz" }, HELLO],
      [{ kind: "other", content: "zzz" }, { kind: "file" }],
    ],
    [
      "a pax path and time",
      [pax({ path: "räkete/x", mtime: "1.5" }), HELLO, HELLO],
      [
        { name: "räkete/x", attributes: expect.objectContaining({ modified: "1.5" }) },
        { name: "a/hello.txt" },
      ],
    ],
    ["a pax size", [pax({ size: "5" }), { ...HELLO, size: 0 }], [{ content: "hello" }]],
    [
      "a pax target",
      [pax({ linkpath: "x".repeat(200) }), { name: "s", type: "2" }],
      [{ target: "x".repeat(200) }],
    ],
    [
      "a pax header for all",
      [pax({ comment: "c0ffee" }, "g"), HELLO, { name: "b" }],
      [
        { attributes: expect.objectContaining({ "extended header": "comment=c0ffee" }) },
        { attributes: expect.objectContaining({ "extended header": "comment=c0ffee" }) },
      ],
    ],
    [
      "a GNU long name",
      [{ name: "././@LongLink", type: "L", content: `${"n".repeat(150)}\0` }, HELLO],
      [{ name: "n".repeat(150) }],
    ],
    [
      "a GNU long target without its NUL",
      [
        { name: "././@LongLink", type: "K", content: "t".repeat(150) },
        { name: "s", type: "2" },
      ],
      [{ target: "t".repeat(150) }],
    ],
    [
      "a ustar prefix",
      [{ ...HELLO, edit: (header) => void header.write("very/long", 345) }],
      [{ name: "very/long/a/hello.txt" }],
    ],
    [
      "GNU's format",
      [{ ...HELLO, edit: (header) => void header.write("ustar  \0", 257, "latin1") }],
      [{ attributes: expect.objectContaining({ format: "gnu" }) }],
    ],
    [
      "the format before ustar",
      [{ ...HELLO, edit: (header) => void header.fill(0, 257, 265) }],
      [{ attributes: expect.objectContaining({ format: "old", owner: "0:0" }) }],
    ],
    [
      "a size in base 256",
      [
        {
          ...HELLO,
          edit: (header) =>
            void Buffer.from([128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]).copy(header, 124),
        },
      ],
      [{ content: "hello" }],
    ],
    ["a sparse file of GNU's", [{ name: "s", type: "S" }], [{ isSparse: true }]],
    ["a sparse file of pax's", [pax({ "GNU.sparse.major": "1" }), HELLO], [{ isSparse: true }]],
  ])("%s", async (_name, entries, members) => {
    for (const chunk of [1, 700, 100_000]) {
      const found = await read(tarBytes(entries), chunk)
      expect(found).toHaveLength(members.length)
      expect(found).toMatchObject(members)
    }
  })

  test("the mode, the owner and the time are kept: they change the file", async () => {
    const [member] = await read(
      tarBytes([{ ...HELLO, mode: 0o755, modified: 1_700_000_000, edit: writeOwner }]),
    )
    expect(member?.attributes).toMatchObject({
      mode: "755",
      modified: "1700000000",
      owner: "1000:0 alice:",
    })
  })

  test("zeros behind the end", async () => {
    expect(await read(tarBytes([HELLO], Buffer.alloc(10_240)))).toHaveLength(1)
  })
})

test.each<[string, Uint8Array, string]>([
  ["nothing", Buffer.alloc(0), "ends within a header"],
  ["text", Buffer.alloc(1_024, "hello"), "is not a number"],
  [
    "a wrong checksum",
    tarBytes([{ ...HELLO, damage: (header) => void (header[0] = 0x62) }]),
    "checksum does not match",
  ],
  ["no end", tarBytes([HELLO], Buffer.alloc(0)), "ends within a header"],
  ["half an end", tarBytes([HELLO], Buffer.alloc(512)), "ends within the end of the archive"],
  [
    "one block of zeros and then more",
    tarBytes([HELLO], Buffer.concat([Buffer.alloc(512), tarBytes([HELLO])])),
    "a single block of zeros",
  ],
  [
    "data behind the end",
    tarBytes([HELLO], Buffer.concat([Buffer.alloc(1_024), tarBytes([HELLO])])),
    "data after the end",
  ],
  ["content that is cut off", tarBytes([HELLO]).subarray(0, 514), "ends within a member's content"],
  ["padding that is cut off", tarBytes([HELLO]).subarray(0, 600), "ends within the padding"],
  [
    "a size that is no number",
    tarBytes([{ ...HELLO, edit: (header) => void header.write("hello", 124) }]),
    "size is not a number",
  ],
  [
    "a negative size",
    tarBytes([{ ...HELLO, edit: (header) => void header.fill(255, 124, 136) }]),
    "size is out of range",
  ],
  [
    "a name that is not UTF-8",
    tarBytes([{ ...HELLO, edit: (header) => void (header[0] = 0xff) }]),
    "is not UTF-8",
  ],
  [
    "a prefix where the format has none",
    tarBytes([
      {
        ...HELLO,
        edit: (header) => void (header.write("ustar  \0", 257), header.write("evil", 345)),
      },
    ]),
    "more of a name than its format",
  ],
  [
    "a folder with content",
    tarBytes([{ name: "a/", type: "5", content: "x" }]),
    "is a folder and has 1 bytes",
  ],
  [
    "a link with content",
    tarBytes([{ name: "a", type: "1", target: "b", content: "x" }]),
    "is a hard link and has 1 bytes",
  ],
  [
    "a file that is named like a folder",
    tarBytes([{ name: "a/", type: "0" }]),
    "a file by its type and a folder by its name",
  ],
  ["a pax header for nothing", tarBytes([HELLO, pax({ path: "x" })]), "ends after a header"],
  ["a pax size that is no number", tarBytes([pax({ size: "-1" }), HELLO]), "size is not a number"],
  [
    "a pax size that is too large",
    tarBytes([pax({ size: "9".repeat(16) }), HELLO]),
    "size is not a number",
  ],
  [
    "a pax record without its end",
    tarBytes([{ ...pax({}), content: "12 path=evil!" }, HELLO]),
    "record of a wrong length",
  ],
  [
    "a pax record that is too short",
    tarBytes([{ ...pax({}), content: "3 path=evil\n" }, HELLO]),
    "record of a wrong length",
  ],
  [
    "a pax record that is too long",
    tarBytes([{ ...pax({}), content: "99 path=evil\n" }, HELLO]),
    "record of a wrong length",
  ],
  [
    "a pax record without a length",
    tarBytes([{ ...pax({}), content: "path=evil\n" }, HELLO]),
    "record of a wrong length",
  ],
  [
    "a pax record without a key",
    tarBytes([{ ...pax({}), content: "6 =xy\n" }, HELLO]),
    "without a key",
  ],
  [
    "a pax key twice",
    tarBytes([{ ...pax({}), content: paxRecord("path", "a") + paxRecord("path", "b") }, HELLO]),
    'gives "path" twice',
  ],
  ["a NUL in a pax value", tarBytes([pax({ path: "evil\0.txt" }), HELLO]), "has a NUL"],
  [
    "another character set",
    tarBytes([pax({ hdrcharset: "BINARY" }), HELLO]),
    "another character set",
  ],
])("%s is refused", async (_name, bytes, message) => {
  expect(await readRefusal(bytes)).toContain("ERR_INPUT_MALFORMED: ")
  expect(await readRefusal(bytes)).toContain(message)
})

test("UTF-8 may be named as the character set", async () => {
  expect(
    await read(tarBytes([pax({ hdrcharset: "ISO-IR 10646 2000 UTF-8" }), HELLO])),
  ).toHaveLength(1)
})

test("a header that is too large is refused before it is read", async () => {
  expect(await readRefusal(tarBytes([{ ...pax({}), size: 1_048_577 }]))).toContain(
    "ERR_INPUT_TOO_LARGE",
  )
})

async function count(entries: readonly TarEntry[], most: number): Promise<number> {
  let members = 0
  for await (const part of readTar(inChunks(tarBytes(entries), 700), most)) {
    if (part.kind === "member") members += 1
  }
  return members
}

test("too many members are refused, headers for others among them", async () => {
  expect(await count([HELLO, HELLO], 2)).toBe(2)
  await expect(count([HELLO, HELLO, HELLO], 2)).rejects.toMatchObject({
    code: "ERR_INPUT_TOO_LARGE",
  })
  const global = pax({ comment: "x" }, "g")
  await expect(count([global, global, global], 2)).rejects.toMatchObject({
    code: "ERR_INPUT_TOO_LARGE",
  })
})

test("a reader that stops lets its source end", async () => {
  let ended = false
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield tarBytes([HELLO, HELLO])
    } finally {
      ended = true
    }
  }
  for await (const part of readTar(source())) if (part.kind === "member") break
  expect(ended).toBe(true)
})

test("any bytes end in members or a WheelproofError", async () => {
  const valid = [
    tarBytes([HELLO, { name: "s", type: "2", target: "a" }]),
    tarBytes([pax({ path: "x", size: "5" }), HELLO]),
    tarBytes([{ name: "././@LongLink", type: "L", content: "name\0" }, HELLO]),
  ]
  await fc.assert(
    fc.asyncProperty(hostileBytes(...valid), async (bytes) => {
      expect(await outcomeOf(() => read(bytes))).toBeDefined()
    }),
  )
})
