import { describe, expect, test } from "vitest"

import { bytesSource } from "../../../src/formats/archive/byte-source.ts"
import { checkDistribution } from "../../../src/formats/distribution/check.ts"
import type { ProblemCode } from "../../../src/formats/distribution/problems.ts"
import {
  METADATA,
  recordHash,
  WHEEL_FILE,
  WHEEL_NAME,
  wheelBytes,
  type WheelPlan,
  type ZipEntry,
} from "../../support/archives.ts"

/** A wheel with one thing wrong: what it is called, and a part of what is said of it. */
const WRONG: readonly (readonly [string, WheelPlan, ProblemCode, string])[] = [
  ["a name that is none", { filename: "rocket.whl" }, "file-name", "five or six parts"],
  [
    "a name in capitals",
    { filename: "Rocket-1.0.0-py3-none-any.whl", folder: "Rocket-1.0.0.dist-info" },
    "file-name-form",
    "begins with Rocket",
  ],
  [
    "a plain Linux platform",
    {
      filename: "rocket-1.0.0-py3-none-linux_x86_64.whl",
      wheel: WHEEL_FILE.replace("any", "linux_x86_64"),
    },
    "platform-tag",
    "linux_x86_64",
  ],
  [
    "bytes in front",
    {
      entries: ([first, ...rest]) => [
        { ...first, name: first?.name ?? "", gap: Buffer.from("MZ") },
        ...rest,
      ],
    },
    "zip-framing",
    "belong to nothing",
  ],
  ["no archive", { extras: { trailing: Buffer.alloc(70_000) } }, "zip-framing", "no end record"],
  [
    "data descriptors",
    { entries: (entries) => entries.map((entry) => ({ ...entry, both: { flags: 8 } })) },
    "zip-data-descriptor",
    "behind the data",
  ],
  ["a comment", { extras: { comment: "hi" } }, "zip-comment", "a comment of 2 bytes"],
  [
    "two truths about a size",
    {
      entries: ([first, ...rest]) => [
        { ...first, name: first?.name ?? "", local: { size: 1 } },
        ...rest,
      ],
    },
    "zip-headers-differ",
    "the sizes",
  ],
  [
    "another compression",
    withEntry({ name: "rocket/x", both: { method: 12 } }),
    "zip-compression",
    "method 12",
  ],
  [
    "a name that is not UTF-8",
    withEntry({ name: "x", both: { name: Buffer.from([0xff]) } }),
    "member-name",
    "not UTF-8",
  ],
  ["a path upwards", withFile("../evil.py"), "member-path", "leads upwards"],
  ["an absolute path", withFile("/etc/passwd"), "member-path", "absolute"],
  ["a backslash", withFile("rocket\\evil.py"), "member-path", "backslash"],
  ["a drive letter", withFile("c:evil.py"), "member-path", "drive letter"],
  ["an empty step", withFile("rocket//evil.py"), "member-path", "empty step"],
  ["a step to the same folder", withFile("rocket/./evil.py"), "member-path", "empty step"],
  ["too many steps", withFile(`${"a/".repeat(100)}b`), "member-path", "over 100 steps"],
  ["a path that is too long", withFile("a".repeat(1_025)), "member-path", "over 1024 characters"],
  ["a control character", withFile("rocket/\u0007.py"), "member-path", "control characters"],
  ["an empty name", withFile(""), "member-path", "empty"],
  [
    "a symbolic link",
    withEntry({ name: "rocket/link", content: "/etc/passwd", mode: 0o120777 }),
    "member-kind",
    "symbolic link",
  ],
  ["a device", withEntry({ name: "rocket/null", mode: 0o020666 }), "member-kind", "device"],
  [
    "a folder with content",
    withEntry({ name: "rocket/sub/", content: "x" }),
    "member-kind",
    "1 bytes of content",
  ],
  [
    "a member twice",
    withEntry({ name: "rocket/__init__.py", content: "evil = 1\n" }),
    "member-duplicate",
    "two members",
  ],
  [
    "a path that is file and folder",
    withFile("rocket/__init__.py/evil.py"),
    "member-duplicate",
    "a file and a folder",
  ],
  [
    "damaged data",
    withEntry({ name: "rocket/x", content: "x", both: { crc: 1 } }),
    "member-content",
    "CRC-32",
  ],
  [
    "a bomb",
    withEntry({ name: "rocket/bomb", content: "x", both: { size: 70_000_000 } }),
    "archive-size",
    "expand to 70",
  ],
  ["no dist-info folder", { folder: "info" }, "dist-info", "there is no rocket-1.0.0.dist-info"],
  [
    "a dist-info folder of another version",
    { folder: "rocket-1.0.dist-info" },
    "dist-info",
    "is not rocket-1.0.0.dist-info",
  ],
  [
    "a second dist-info folder",
    withFile("evil-1.0.dist-info/METADATA"),
    "dist-info",
    "is not rocket-1.0.0.dist-info",
  ],
  ["no WHEEL", { info: { WHEEL: undefined } }, "dist-info", "no WHEEL"],
  ["a WHEEL that is none", { wheel: "hello\n" }, "wheel-file", "no field"],
  [
    "a wheel version of the future",
    { wheel: WHEEL_FILE.replace("1.0", "2.0") },
    "wheel-file",
    "2.0",
  ],
  [
    "tags that are none",
    { wheel: WHEEL_FILE.replace("py3-none-any", "py3") },
    "wheel-file",
    "is no tag",
  ],
  [
    "other tags inside",
    { filename: "rocket-1.0.0-py2-none-any.whl" },
    "wheel-tags",
    "WHEEL has py3-none-any, the file name has py2-none-any",
  ],
  ["no tags inside", { wheel: WHEEL_FILE.replace(/Tag.*\n/, "") }, "wheel-tags", "no tags"],
  [
    "a build number outside only",
    { filename: "rocket-1.0.0-1-py3-none-any.whl" },
    "wheel-tags",
    "none in WHEEL and 1 in the file name",
  ],
  [
    "no RECORD",
    {
      entries: (entries) => entries.filter(({ name }) => !name.endsWith("RECORD")),
    },
    "dist-info",
    "no RECORD",
  ],
  ["a RECORD that is none", { record: () => ["one,two"] }, "record", "2 values"],
  ["a path twice in RECORD", { record: (lines) => [...lines, lines[0] ?? ""] }, "record", "twice"],
  [
    "a file that RECORD has not",
    { record: (lines) => lines.slice(1) },
    "record-missing",
    "not in RECORD",
  ],
  [
    "no line for RECORD in RECORD",
    { record: (lines) => lines.slice(0, -1) },
    "record-missing",
    "not in RECORD",
  ],
  [
    "a file that RECORD has no hash of",
    { record: (lines) => ["rocket/__init__.py,,11", ...lines.slice(1)] },
    "record-missing",
    "no hash",
  ],
  [
    "a hash that was broken long ago",
    {
      record: (lines) => [
        `rocket/__init__.py,${recordHash("thrust = 1\n", "md5")},11`,
        ...lines.slice(1),
      ],
    },
    "record-missing",
    "the hash is md5",
  ],
  [
    "no size in RECORD",
    { record: (lines) => [(lines[0] ?? "").replace(/,11$/, ","), ...lines.slice(1)] },
    "record-missing",
    "no size",
  ],
  [
    "another size in RECORD",
    { record: (lines) => [(lines[0] ?? "").replace(/,11$/, ",12"), ...lines.slice(1)] },
    "record-mismatch",
    "size 12, the file has 11",
  ],
  [
    "another hash in RECORD",
    { record: (lines) => [`rocket/__init__.py,${recordHash("evil")},11`, ...lines.slice(1)] },
    "record-mismatch",
    "the file has",
  ],
  [
    "a line without a file in RECORD",
    { record: (lines) => ["rocket/gone.py,sha256=x,1", ...lines] },
    "record-surplus",
    "not there",
  ],
  [
    "a script that leads elsewhere",
    { info: { "entry_points.txt": "[console_scripts]\n../../bin/sh = rocket:main\n" } },
    "entry-points",
    "../../bin/sh",
  ],
  [
    "entry points that are none",
    { info: { "entry_points.txt": "hello\n" } },
    "entry-points",
    "line 1",
  ],
  [
    "a licence file that is not there",
    { metadata: `${METADATA.replace("2.1", "2.4")}License-File: LICENSE\n` },
    "license-file",
    "licenses/LICENSE",
  ],
  ["no METADATA", { info: { METADATA: undefined } }, "metadata", "missing"],
  ["METADATA that is none", { metadata: "hello\n" }, "metadata", "no field"],
  [
    "another name inside",
    { metadata: METADATA.replace("rocket", "socket") },
    "metadata-differs",
    '"socket"',
  ],
  [
    "another version inside",
    { metadata: METADATA.replace("1.0.0", "1.0.1") },
    "metadata-differs",
    '"1.0.1"',
  ],
  [
    "a version that is none inside",
    { metadata: METADATA.replace("1.0.0", "new") },
    "metadata-differs",
    '"new"',
  ],
  [
    "metadata that PyPI does not take",
    { metadata: METADATA.replace("2.1", "2.6") },
    "metadata-field",
    "2.6",
  ],
]

/** A wheel with one more file, which RECORD lists. */
function withFile(name: string): WheelPlan {
  return { files: { "rocket/__init__.py": "thrust = 1\n", [name]: "evil" } }
}

/** A wheel with one more member, which RECORD does not list. */
function withEntry(entry: ZipEntry): WheelPlan {
  return { entries: (entries) => [...entries, entry] }
}

describe("a wheel is refused for", () => {
  test.each(WRONG)("%s", async (_name, plan, code, found) => {
    const source = bytesSource(wheelBytes(plan))
    const { problems } = await checkDistribution(plan.filename ?? WHEEL_NAME, source)
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code, found: expect.stringContaining(found) }),
      ]),
    )
  })

  test("each wheel problem that there is", () => {
    const codes = new Set(WRONG.map(([, , code]) => code))
    expect(codes.size).toBeGreaterThan(20)
  })
})
