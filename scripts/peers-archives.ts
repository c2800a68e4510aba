import { spawnSync } from "node:child_process"
import path from "node:path"
import process from "node:process"

import * as fc from "fast-check"

import { bytesSource } from "../src/formats/archive/byte-source.ts"
import { checkDistribution } from "../src/formats/distribution/check.ts"
import {
  SDIST_ENTRIES,
  SDIST_NAME,
  sdistBytes,
  WHEEL_NAME,
  wheelBytes,
} from "../test/support/archives.ts"
import { installPeer } from "../test/real/peers.ts"
import { hostileBytes } from "../test/support/hostile.ts"

/** Lists what Python's zipfile and tarfile, which pip and PyPI read with, find in an archive, and prints where it is something else. */
const COMPARE = `
import base64, hashlib, io, json, sys, tarfile, zipfile
def digest(data): return hashlib.sha256(data).hexdigest()
for line in sys.stdin:
    document = json.loads(line)
    data = io.BytesIO(base64.b64decode(document["data"]))
    try:
        if document["filename"].endswith(".whl"):
            archive = zipfile.ZipFile(data)
            found = [[m.filename, None if m.is_dir() else digest(archive.read(m))] for m in archive.infolist()]
        else:
            archive = tarfile.open(fileobj=data, mode="r:gz")
            found = [[m.name + ("/" if m.isdir() else ""), digest(archive.extractfile(m).read()) if m.isreg() else None] for m in archive]
    except Exception as error:
        found = repr(error)
    # A zip archive's directory may be in another order than its members.
    if isinstance(found, list): found.sort(key=lambda entry: entry[0])
    if found != document["members"]: print(json.dumps([document["members"], found]))
`

const WHEELS = [
  wheelBytes(),
  wheelBytes({ files: { "rocket/__init__.py": "x".repeat(2_000), "rocket/räkete.py": "" } }),
]
const SDISTS = [
  sdistBytes(),
  sdistBytes([...SDIST_ENTRIES, { name: "rocket-1.0.0/a", content: "x".repeat(3_000) }]),
]

/**
 * `npm run test:peers:archives`: archives that were right before they were damaged, by us and by Python. Where we find nothing wrong, Python has to
 * find the same files with the same content.
 */
const damaged = fc.sample(
  fc.oneof(
    fc.tuple(fc.constant(WHEEL_NAME), hostileBytes(...WHEELS)),
    fc.tuple(fc.constant(SDIST_NAME), hostileBytes(...SDISTS)),
  ),
  30_000,
)
const whole = [
  ...WHEELS.map((data) => [WHEEL_NAME, data] as const),
  ...SDISTS.map((data) => [SDIST_NAME, data] as const),
]
const lines: string[] = []
for (const [filename, data] of [...whole, ...damaged]) {
  const { problems, members } = await checkDistribution(filename, bytesSource(data))
  if (problems.length > 0) continue
  const listed = members.map(({ name, sha256 }) => [name, sha256 ?? null])
  listed.sort(([one = ""], [other = ""]) => ((one ?? "") < (other ?? "") ? -1 : 1))
  lines.push(
    JSON.stringify({ filename, data: Buffer.from(data).toString("base64"), members: listed }),
  )
}
const python = path.join(path.dirname(installPeer("build")), "python")
const { status, stdout } = spawnSync(python, ["-c", COMPARE], {
  input: lines.map((line) => `${line}\n`).join(""),
  encoding: "utf8",
  stdio: ["pipe", "pipe", "inherit"],
  maxBuffer: 1 << 28,
})
const different = stdout.split("\n").filter((line) => line !== "")
for (const line of different.slice(0, 10)) process.stderr.write(`${line}\n`)
process.stdout.write(
  `${damaged.length} archives, ${lines.length} without problems, ${different.length} read differently by Python\n`,
)
process.exitCode = status === 0 && different.length === 0 && lines.length >= whole.length ? 0 : 1
