import { Refusal } from "./errors.ts"

/** `--build-workflow-input`: each that is named has to be there with this text; others do not matter. */
export function checkInputs(
  expected: ReadonlyMap<string, string>,
  found: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of expected) {
    const actual = Object.hasOwn(found, key) ? found[key] : undefined
    if (actual !== value) {
      throw new Refusal(
        "ErrorMismatchWorkflowInputs",
        `expected ${key}=${value}, found ${actual === undefined ? "no such input" : JSON.stringify(actual)}`,
      )
    }
  }
}
