import type { Choices } from "./choices.ts"
import { changeAt, type Path, pathsOf, removeAt, replaceAt, valueAt } from "./json-tree.ts"
import { mutateBytes, mutateDer } from "./mutate-bytes.ts"
import { looseBase64, mutateCheckpoint, mutateDocument } from "./mutate-text.ts"

/** What is done to a bundle. */
export const MUTATIONS = [
  "bytes",
  "bytes",
  "der",
  "der",
  "der",
  "base64",
  "document",
  "body",
  "checkpoint",
  "index",
  "media type",
  "remove",
  "twice",
  "retype",
  "rename",
  "add",
  "swap",
  "repeat",
] as const

export type Mutation = (typeof MUTATIONS)[number]

/** A mutated document, or undefined where the bundle has nothing that this mutation can change. */
export function mutate(
  bundle: unknown,
  other: unknown,
  kind: Mutation,
  choices: Choices,
): Uint8Array | undefined {
  if (kind === "document") return mutateDocument(toBytes(bundle), choices)
  if (kind === "twice") return twice(bundle, choices)
  const changed = mutateJson(bundle, other, kind, choices)
  return changed === undefined ? undefined : toBytes(changed)
}

function mutateJson(
  bundle: unknown,
  other: unknown,
  kind: Exclude<Mutation, "document" | "twice">,
  choices: Choices,
): unknown {
  switch (kind) {
    case "bytes":
      return atBase64(bundle, choices, (bytes) => mutateBytes(bytes, choices))
    case "der":
      return atBase64(bundle, choices, (bytes) => mutateDer(bytes, choices), isDer)
    case "base64":
      return atText(bundle, choices, isBase64, (text) => looseBase64(text, choices))
    case "body":
      return atBase64(bundle, choices, (bytes) => mutateBody(bytes, choices), isJson)
    case "checkpoint":
      return atText(bundle, choices, isNote, (note) => mutateCheckpoint(note, choices))
    case "index":
      return atText(bundle, choices, isNumber, (text) => mutateNumber(text, choices))
    case "media type":
      return replaceAt(bundle, ["mediaType"], choices.pick(MEDIA_TYPES))
    case "remove":
      return removeAt(bundle, choices.pick(pathsOf(bundle)))
    case "retype":
      return retype(bundle, choices)
    case "rename":
      return rename(bundle, choices)
    case "add":
      return add(bundle, choices)
    case "swap":
      return swap(bundle, other, choices)
    case "repeat":
      return repeat(bundle, choices)
  }
}

const MEDIA_TYPES = [
  "application/vnd.dev.sigstore.bundle+json;version=0.1",
  "application/vnd.dev.sigstore.bundle+json;version=0.2",
  "application/vnd.dev.sigstore.bundle.v0.3+json",
  "application/vnd.dev.sigstore.bundle.v0.9+json;evil",
  "application/vnd.dev.sigstore.bundle+json;version=0.3 ",
  "application/json",
]

function toBytes(document: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(document))
}

function atText(
  bundle: unknown,
  { pick }: Choices,
  isWanted: (text: string) => boolean,
  change: (text: string) => unknown,
): unknown {
  const paths = pathsOf(bundle).filter((path) => {
    const value = valueAt(bundle, path)
    return typeof value === "string" && isWanted(value)
  })
  if (paths.length === 0) return undefined
  const path = pick(paths)
  const value = change(String(valueAt(bundle, path)))
  return value === undefined ? undefined : replaceAt(bundle, path, value)
}

function atBase64(
  bundle: unknown,
  choices: Choices,
  change: (bytes: Uint8Array) => Uint8Array | undefined,
  isWanted: (bytes: Uint8Array) => boolean = () => true,
): unknown {
  return atText(
    bundle,
    choices,
    (text) => isBase64(text) && isWanted(Buffer.from(text, "base64")),
    (text) => {
      const bytes = change(Buffer.from(text, "base64"))
      return bytes === undefined ? undefined : Buffer.from(bytes).toString("base64")
    },
  )
}

function isBase64(text: string): boolean {
  return text.length >= 16 && Buffer.from(text, "base64").toString("base64") === text
}

function isDer(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30
}

function isJson(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b
}

function isNote(text: string): boolean {
  return text.includes("\n\n")
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text)
}

function mutateNumber(text: string, { pick }: Choices): unknown {
  const number = BigInt(text)
  return pick([
    String(number + 1n),
    String(number - 1n),
    String(-number),
    `0${text}`,
    `+${text}`,
    ` ${text}`,
    `${text}.0`,
    `${text}e0`,
    `0x${number.toString(16)}`,
    String(number + 2n ** 64n),
    String(2n ** 53n + 1n),
    "",
    Number(text),
    Number(text) + 0.5,
    Number(text) + 1,
  ])
}

// The log's copy of what was signed, or the statement itself: changed, and as valid JSON again.
function mutateBody(bytes: Uint8Array, choices: Choices): Uint8Array | undefined {
  const body = parsed(bytes)
  if (pathsOf(body).length === 0) return undefined
  const { pick, below } = choices
  const changed = pick([
    () => removeAt(body, pick(pathsOf(body))),
    () => retype(body, choices),
    () => rename(body, choices),
    () => add(body, choices),
    () =>
      atText(
        body,
        choices,
        () => true,
        (text) => text.slice(0, below(text.length + 1)),
      ),
  ])()
  return toBytes(changed ?? body)
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return undefined
  }
}

function retype(bundle: unknown, { pick }: Choices): unknown {
  const path = pick(pathsOf(bundle))
  const value = valueAt(bundle, path)
  return replaceAt(
    bundle,
    path,
    pick([
      null,
      true,
      0,
      -1,
      1.5,
      "",
      "AA==",
      [],
      {},
      [value],
      { value },
      String(value),
      Number(value),
    ]),
  )
}

function rename(bundle: unknown, { pick }: Choices): unknown {
  const path = pick(namedMembers(bundle))
  const value = valueAt(bundle, path)
  const name = String(path.at(-1))
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const other = pick([snake, name.toUpperCase(), `${name} `, "__proto__", "evil"])
  return replaceAt(removeAt(bundle, path), [...path.slice(0, -1), other], value)
}

function add(bundle: unknown, { pick }: Choices): unknown {
  const places: readonly Path[] = [[], ...pathsOf(bundle)]
  const objects = places.filter((path) => isObject(valueAt(bundle, path)))
  return replaceAt(bundle, [...pick(objects), pick(["evil", "certificate", "publicKey", "cert"])], {
    rawBytes: "AAAA",
  })
}

/** The same member of another bundle, in place of this one's. */
function swap(bundle: unknown, other: unknown, { pick }: Choices): unknown {
  const both = pathsOf(bundle).filter((path) => valueAt(other, path) !== undefined)
  if (both.length === 0) return undefined
  const path = pick(both)
  return replaceAt(bundle, path, valueAt(other, path))
}

function repeat(bundle: unknown, { pick }: Choices): unknown {
  const elements = pathsOf(bundle).filter((path) => typeof path.at(-1) === "number")
  if (elements.length === 0) return undefined
  const path = pick(elements)
  return changeAt(bundle, path, (parent) => {
    if (Array.isArray(parent)) parent.push(structuredClone(valueAt(bundle, path)))
  })
}

// A JSON value cannot hold a member twice, so the second one is put into the text.
function twice(bundle: unknown, { pick }: Choices): Uint8Array {
  const PLACE = "a place that no bundle has"
  const path = pick(namedMembers(bundle))
  const value = valueAt(bundle, path)
  const again = replaceAt(bundle, [...path.slice(0, -1), PLACE], pick([value, "AAAA", null]))
  const text = JSON.stringify(again)
  return Buffer.from(text.replace(JSON.stringify(PLACE), JSON.stringify(path.at(-1))))
}

function namedMembers(bundle: unknown): readonly Path[] {
  return pathsOf(bundle).filter((path) => typeof path.at(-1) === "string")
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
