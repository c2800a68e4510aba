import { parse, TomlError } from "smol-toml"

import { decodeUtf8 } from "../core/bytes.ts"
import { malformed, WheelproofError } from "../core/errors.ts"
import { LIMITS } from "../core/limits.ts"
import { Shape } from "../core/shape.ts"
import { type ExpectedSet, expandSlots, type WheelSlot } from "./distribution/expected-set.ts"

/** What wheelproof's own part of a project file says. */
export interface ProjectSettings {
  /** The files that a release has to have; absent where nothing is declared. */
  readonly expected?: ExpectedSet
}

/** What pyproject.toml says, as far as a build asks. */
export interface Pyproject extends ProjectSettings {
  /** Whether there is a `[tool.cibuildwheel]`. */
  readonly hasCibuildwheel: boolean
}

/**
 * Parses pyproject.toml: `[tool.wheelproof]`, in which an unknown key is an error, and whether `[tool.cibuildwheel]` is there. Throws
 * `ERR_INPUT_MALFORMED` and `ERR_INPUT_TOO_LARGE`.
 */
export function parsePyproject(bytes: Uint8Array): Pyproject {
  const tool = parseToml(bytes, "pyproject.toml").optionalObject("tool")
  const own = tool?.optionalObject("wheelproof")
  const hasCibuildwheel = tool?.has("cibuildwheel") ?? false
  return { hasCibuildwheel, ...(own === undefined ? {} : readSettings(own)) }
}

/** Parses wheelproof.toml: the same as `[tool.wheelproof]`, without the heading. Throws `ERR_INPUT_MALFORMED` and `ERR_INPUT_TOO_LARGE`. */
export function parseWheelproofToml(bytes: Uint8Array): ProjectSettings {
  return readSettings(parseToml(bytes, "wheelproof.toml"))
}

function readSettings(shape: Shape): ProjectSettings {
  const expected = shape.optionalObject("expected")
  shape.refuseUnread()
  return expected === undefined ? {} : { expected: readExpected(expected) }
}

const MAX_ROWS = 100
const MAX_VALUES = 100

function readExpected(shape: Shape): ExpectedSet {
  const sdist = shape.raw("sdist") ?? true
  if (typeof sdist !== "boolean") throw malformed(`${shape.path}.sdist is neither true nor false`)
  const wheels = shape.shapes("wheels", MAX_ROWS).flatMap(readRow)
  shape.refuseUnread()
  if (!sdist && wheels.length === 0) throw malformed(`${shape.path} declares no file at all`)
  return { sdist, wheels: uniqueSlots(wheels) }
}

function readRow(row: Shape): readonly WheelSlot[] {
  const pythons = textsOf(row, "python")
  const platforms = textsOf(row, "platforms")
  const abi = row.optionalString("abi")
  row.refuseUnread()
  try {
    return expandSlots({ pythons, abi, platforms })
  } catch (error) {
    if (!(error instanceof WheelproofError)) throw error
    throw malformed(`${row.path}: ${error.message}`, error)
  }
}

/** A text, or a list of texts that is not empty. */
function textsOf(row: Shape, name: string): readonly string[] {
  const value = row.raw(name)
  if (typeof value === "string") return [value]
  const texts = row.list(name, MAX_VALUES).map((element) => {
    if (typeof element.value === "string") return element.value
    throw malformed(`${element.path} is not a text`)
  })
  if (texts.length === 0) throw malformed(`${row.path}.${name} is missing or empty`)
  return texts
}

function uniqueSlots(slots: readonly WheelSlot[]): readonly WheelSlot[] {
  const seen = new Map(slots.map((slot) => [`${slot.python} ${slot.abi} ${slot.platform}`, slot]))
  return [...seen.values()]
}

function parseToml(bytes: Uint8Array, what: string): Shape {
  if (bytes.byteLength > LIMITS.projectFileBytes) {
    throw new WheelproofError(
      "ERR_INPUT_TOO_LARGE",
      `${what} is over ${LIMITS.projectFileBytes} bytes`,
    )
  }
  try {
    const options = { maxDepth: LIMITS.jsonDepth, unsafeKeyBehaviour: "throw" } as const
    return new Shape(parse(decodeUtf8(bytes, what), options), what)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [first = ""] = error.message.split("\n")
    throw malformed(`${what} is not TOML: line ${error.line}: ${first}`, error)
  }
}
