type Present<Texts> = { [Name in keyof Texts]?: string }

/** The texts that are there: an absent value is an absent member. */
export function withoutAbsent<Texts extends Readonly<Record<string, string | undefined>>>(
  texts: Texts,
): Present<Texts> {
  const present: Present<Texts> = {}
  for (const name in texts) {
    const text = texts[name]
    if (text !== undefined) present[name] = text
  }
  return present
}
