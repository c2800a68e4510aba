import { Refusal } from "./errors.ts"

/** The levels of a list by track; other texts are not levels. */
export interface Levels {
  readonly tracks: ReadonlyMap<string, number>
  readonly others: ReadonlySet<string>
}

/** Reads `SLSA_TRACK_LEVEL_N` texts; the highest of a track counts. Every other text that begins with `SLSA_` is `ErrorInvalidSLSALevel`. */
export function readLevels(texts: readonly string[]): Levels {
  const tracks = new Map<string, number>()
  const others = new Set<string>()
  for (const text of texts) {
    if (!text.startsWith("SLSA_")) {
      others.add(text)
      continue
    }
    const match = /^SLSA_([^_]+)_LEVEL_([0-9]{1,9})$/.exec(text)
    if (match === null) throw new Refusal("ErrorInvalidSLSALevel", text)
    const [, track = "", level = "0"] = match
    tracks.set(track, Math.max(Number(level), tracks.get(track) ?? 0))
  }
  return { tracks, others }
}

/** `--verified-level`: per track at least the highest expected; other texts have to be there. */
export function checkLevels(expected: readonly string[], found: readonly string[]): void {
  const wanted = readLevels(expected)
  const actual = readLevels(found)
  for (const [track, level] of wanted.tracks) {
    const reached = actual.tracks.get(track)
    if (reached === undefined || reached < level) {
      throw new Refusal(
        "ErrorMismatchVerifiedLevels",
        `expected ${track} level ${level}, found ${reached ?? "none"}`,
      )
    }
  }
  const missing = [...wanted.others].find((text) => !actual.others.has(text))
  if (missing !== undefined) throw new Refusal("ErrorMismatchVerifiedLevels", `expected ${missing}`)
}
