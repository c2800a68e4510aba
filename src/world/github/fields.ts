import { malformed } from "../../core/errors.ts"
import { Shape } from "../../core/shape.ts"
import { readJsonBody } from "../http/handler.ts"

/** The members of a request's JSON object. */
export class Fields {
  readonly #shape: Shape

  constructor(value: unknown) {
    this.#shape = new Shape(value, "the request")
  }

  /** Throws `ERR_INPUT_MALFORMED` in GitHub's words where there is none. */
  string(name: string): string {
    const value = this.optionalString(name)
    if (value === undefined) throw malformed(`${JSON.stringify(name)} wasn't supplied.`)
    return value
  }

  optionalString(name: string): string | undefined {
    const value = this.#shape.raw(name)
    if (value === undefined || typeof value === "string") return value
    throw malformed(`For 'properties/${name}', ${JSON.stringify(value)} is not a string.`)
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#shape.raw(name)
    if (value === undefined || typeof value === "boolean") return value
    throw malformed(`For 'properties/${name}', ${JSON.stringify(value)} is not a boolean.`)
  }

  strings(name: string, most: number): readonly string[] {
    return this.#shape.list(name, most).map(({ value }) => {
      if (typeof value === "string") return value
      throw malformed(`For 'properties/${name}', ${JSON.stringify(value)} is not a string.`)
    })
  }

  object(name: string): Shape {
    if (!this.#shape.has(name)) throw malformed(`${JSON.stringify(name)} wasn't supplied.`)
    return this.#shape.object(name)
  }

  raw(name: string): unknown {
    return this.#shape.raw(name)
  }
}

/** Reads the request's JSON object. Throws `ERR_INPUT_MALFORMED`, which the routes answer with GitHub's 422. */
export async function readFields(request: Request): Promise<Fields> {
  return new Fields(await readJsonBody(request))
}
