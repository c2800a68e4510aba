import { malformed } from "../../core/errors.ts"
import { isPlatformOfPypi } from "../../packaging/platform-tag.ts"

/** One wheel that a release has to have. Two texts of it are patterns, written out in {@link slotName}. */
export interface WheelSlot {
  readonly python: string
  /** An ABI tag; with a `*` at its end, any that begins so. */
  readonly abi: string
  /** A platform tag, or a family of them: `manylinux_x86_64` is any glibc, `macosx_arm64` any macOS. */
  readonly platform: string
}

/** The files that a release has to have: these, and no others. */
export interface ExpectedSet {
  readonly sdist: boolean
  readonly wheels: readonly WheelSlot[]
}

/** How a slot is written in reports. */
export function slotName({ python, abi, platform }: WheelSlot): string {
  return `${python}-${abi}-${platform}`
}

const MAX_SLOTS = 2_000

/**
 * Expands one row of a declaration: interpreters, each a tag such as `cp312` or a range such as `cp310..cp314`, times platforms. Without an
 * `abi` it is the interpreter's own: `cp313` has `cp313`, `cp313t` is CPython 3.13 with `cp313t`, `pp311` any of PyPy's, `py3` has `none`.
 * Throws `ERR_INPUT_MALFORMED`.
 */
export function expandSlots(row: {
  readonly pythons: readonly string[]
  readonly abi: string | undefined
  readonly platforms: readonly string[]
}): readonly WheelSlot[] {
  const { abi, platforms } = row
  if (abi !== undefined && !/^\w+$/.test(abi))
    throw malformed(`${JSON.stringify(abi)} is no ABI tag`)
  for (const platform of platforms) checkPlatform(platform)
  const pythons = row.pythons.flatMap(expandRange)
  if (pythons.length * platforms.length > MAX_SLOTS) {
    throw malformed(`over ${MAX_SLOTS} wheels are declared`)
  }
  return pythons.flatMap((interpreter) => {
    const { python, abi: own } = parseInterpreter(interpreter)
    const tag = abi ?? own
    if (tag === undefined) throw malformed(`${interpreter} has no ABI of its own: name it with abi`)
    return platforms.map((platform) => ({ python, abi: tag, platform }))
  })
}

const INTERPRETER = /^(?<kind>[a-z]{2})(?<major>[0-9])(?<minor>[0-9]{0,3})(?<free>t?)$/

function expandRange(text: string): readonly string[] {
  const [first = "", last, ...rest] = text.split("..")
  if (last === undefined) return [first]
  const [from, to] = [INTERPRETER.exec(first)?.groups, INTERPRETER.exec(last)?.groups]
  const [low, high] = [Number(from?.["minor"]), Number(to?.["minor"])]
  const sameRest =
    from?.["kind"] === to?.["kind"] &&
    from?.["major"] === to?.["major"] &&
    from?.["free"] === to?.["free"]
  if (rest.length > 0 || !sameRest || !(low < high) || from?.["minor"] === "") {
    throw malformed(
      `${JSON.stringify(text)} is no range of interpreters; an example is cp310..cp314`,
    )
  }
  const { kind = "", major = "", free = "" } = from ?? {}
  return Array.from(
    { length: high - low + 1 },
    (_, index) => `${kind}${major}${low + index}${free}`,
  )
}

function parseInterpreter(text: string): {
  readonly python: string
  readonly abi: string | undefined
} {
  const { kind, major = "", minor = "", free = "" } = INTERPRETER.exec(text)?.groups ?? {}
  const python = `${kind ?? ""}${major}${minor}`
  switch (kind) {
    case undefined:
      throw malformed(
        `${JSON.stringify(text)} is no interpreter; examples are cp312, cp313t, pp311 and py3`,
      )
    case "cp":
      return { python, abi: minor === "" ? undefined : `${python}${free}` }
    case "pp":
      return { python, abi: `pypy${major}${minor}_*` }
    case "py":
      return { python, abi: "none" }
    default:
      return { python, abi: undefined }
  }
}

/** A family's name, and what comes before the rest of the tag in its members. */
const FAMILIES: readonly {
  readonly name: string
  readonly prefix: RegExp
  readonly example: string
}[] = [
  { name: "manylinux_", prefix: /^manylinux_[0-9]+_[0-9]+_/, example: "manylinux_2_28_" },
  { name: "musllinux_", prefix: /^musllinux_[0-9]+_[0-9]+_/, example: "musllinux_1_2_" },
  { name: "macosx_", prefix: /^macosx_[0-9]+_[0-9]+_/, example: "macosx_11_0_" },
  { name: "ios_", prefix: /^ios_[0-9]+_[0-9]+_/, example: "ios_13_0_" },
  { name: "android_", prefix: /^android_[0-9]+_/, example: "android_24_" },
  {
    name: "pyemscripten_",
    prefix: /^pyemscripten_[0-9]+_[0-9]+_/,
    example: "pyemscripten_2025_0_",
  },
]

// What can match no wheel is a misspelling, and a misspelling would only show when the release is due.
function checkPlatform(platform: string): void {
  const family = familyOf(platform)
  const tag = family === undefined ? platform : platform.replace(family.name, family.example)
  if (isPlatformOfPypi(tag) || /^linux_\w+$/.test(tag)) return
  throw malformed(
    `${JSON.stringify(platform)} is no platform; examples are any, win_amd64, manylinux_x86_64, musllinux_aarch64, macosx_arm64 and manylinux_2_28_x86_64`,
  )
}

function familyOf(platform: string): (typeof FAMILIES)[number] | undefined {
  return FAMILIES.find(
    ({ name }) => platform.startsWith(name) && !/^[0-9]/.test(platform.slice(name.length)),
  )
}

/** PEP 600, "Legacy manylinux tags". */
const LEGACY: Readonly<Record<string, string>> = {
  manylinux1: "manylinux_2_5",
  manylinux2010: "manylinux_2_12",
  manylinux2014: "manylinux_2_17",
}

/** Whether a tag triple of a wheel is one that a slot asks for. */
export function fillsSlot(triple: string, slot: WheelSlot): boolean {
  const [python = "", abi = "", platform = ""] = triple.split("-")
  const isAbi = slot.abi.endsWith("*") ? abi.startsWith(slot.abi.slice(0, -1)) : abi === slot.abi
  return python === slot.python && isAbi && isPlatform(platform, slot.platform)
}

function isPlatform(platform: string, wanted: string): boolean {
  const tag = platform.replace(/^manylinux(?:1|2010|2014)(?=_)/, (old) => LEGACY[old] ?? old)
  const family = familyOf(wanted)
  if (family === undefined)
    return tag === wanted.replace(/^manylinux(?:1|2010|2014)(?=_)/, (old) => LEGACY[old] ?? old)
  return family.prefix.test(tag) && tag.replace(family.prefix, family.name) === wanted
}
