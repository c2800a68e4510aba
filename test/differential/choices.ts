import * as fc from "fast-check"

/** What makes a mutation the one it is: numbers, drawn once, that pick what is changed and how. */
export interface Choices {
  /** An integer from 0 up to `count` - 1. */
  readonly below: (count: number) => number
  readonly pick: <const Item>(items: readonly Item[]) => Item
}

// More than any mutation needs; the numbers begin anew after the last.
const NUMBERS = 12
const numbers = fc.noBias(
  fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: NUMBERS, maxLength: NUMBERS }),
)

/** So many choices, the same for the same seed. */
export function drawChoices(seed: number, count: number): readonly Choices[] {
  return fc.sample(numbers, { seed, numRuns: count }).map(choicesOf)
}

function choicesOf(drawn: readonly number[]): Choices {
  let at = 0
  const below = (count: number): number => {
    const number = drawn[at % drawn.length] ?? 0
    at += 1
    return number % count
  }
  return {
    below,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error("there is nothing to pick from")
      return item
    },
  }
}
