import { isConfidential } from "../core/address.ts"
import { WheelproofError } from "../core/errors.ts"
import type { TrustOptions, VerifyOptions } from "./library.ts"

type Test = (value: unknown) => boolean

const isText: Test = (value) => typeof value === "string" && value !== "" && !value.includes("\0")
const isTexts: Test = (value) => Array.isArray(value) && value.every(isText)
const isBoolean: Test = (value) => typeof value === "boolean"
const isObject: Test = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const isFunction: Test = (value) => typeof value === "function"

function isLogAddress(value: unknown): boolean {
  const url = URL.parse(String(value))
  return url !== null && isConfidential(url)
}

const TRUST_OPTIONS: Readonly<Record<keyof TrustOptions, Test>> = {
  trustedRoot: isText,
  offline: isBoolean,
  rekorUrl: isLogAddress,
  timeoutMs: (value) => typeof value === "number" && value > 0 && Number.isFinite(value),
  signal: (value) => value instanceof AbortSignal,
}

const VERIFY_OPTIONS: Readonly<Record<keyof VerifyOptions, Test>> = {
  ...TRUST_OPTIONS,
  provenance: isTexts,
  // Its members are looked at by the use case itself.
  expectation: isObject,
  keys: isTexts,
  name: isText,
  onTotal: isFunction,
  onFinished: isFunction,
}

/**
 * Refuses options that there are not, or of the wrong type: without a type checker, a misspelt one would silently mean its default.
 * Throws `ERR_USAGE`.
 */
export function checkTrustOptions(options: object): void {
  checkOptions(options, TRUST_OPTIONS)
}

/** The same for `verify`. */
export function checkVerifyOptions(options: object): void {
  checkOptions(options, VERIFY_OPTIONS)
}

/** Refuses targets that are no paths. Throws `ERR_USAGE`. */
export function checkTargets(targets: unknown): void {
  if (!isText(targets) && !isTexts(targets)) throw usage("the targets are not texts")
}

function checkOptions(options: unknown, tests: Readonly<Record<string, Test>>): void {
  if (!isObject(options)) throw usage("the options are not an object")
  for (const [name, value] of Object.entries(Object(options))) {
    const test = Object.hasOwn(tests, name) ? tests[name] : undefined
    if (test === undefined) throw usage(`there is no option ${JSON.stringify(name)}`)
    if (value !== undefined && !test(value)) throw usage(`the option ${name} has a wrong value`)
  }
}

function usage(message: string): WheelproofError {
  return new WheelproofError("ERR_USAGE", message)
}
