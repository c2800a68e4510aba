import type { FieldReader } from "./builders.ts"
import { Refusal } from "./errors.ts"
import { isRecord, memberOf, type SlsaStatement, textOf } from "./statement.ts"
import { splitGitUri } from "./source.ts"

/** What the checks read from a statement, wherever its build type keeps it. The last three throw where the statement lacks them. */
export interface Fields {
  readonly builderId: string
  readonly buildType: string
  readonly subjects: readonly unknown[]
  sourceUri(): string
  triggerUri(): string
  /** A full ref, or `""` for a build that has no branch. */
  branch(): string
  /** A full ref, or `""` for a build that has no tag. */
  tag(): string
  inputs(): Readonly<Record<string, unknown>>
}

/** The builder id and build type of a statement, which stand in the same place for every build type. */
export function builderOf({ version, predicate }: SlsaStatement): {
  readonly builderId: string
  readonly buildType: string
} {
  return version === "v0.2"
    ? { builderId: textOf(predicate, "builder", "id"), buildType: textOf(predicate, "buildType") }
    : {
        builderId: textOf(predicate, "runDetails", "builder", "id"),
        buildType: textOf(predicate, "buildDefinition", "buildType"),
      }
}

/** Reads a statement's fields as its build type prescribes. */
export function readFields(statement: SlsaStatement, reader: FieldReader): Fields {
  const { version, predicate, subjects } = statement
  const context = new Context(statement, reader)
  const sourceUri = (): string => firstUri(statement)
  const fields: Fields = {
    ...builderOf(statement),
    subjects,
    sourceUri,
    triggerUri: () =>
      version === "v0.2"
        ? textOf(predicate, "invocation", "configSource", "uri")
        : triggerOf(statement, reader, context),
    branch: () => context.branch(),
    tag: () => context.tag(),
    inputs: () => context.inputs(),
  }
  return reader === "delegator" ? withSourceRef(fields, context) : fields
}

// Delegators put the ref into the source URI, which then decides; without it the branch is malformed and the tag the context's.
function withSourceRef(fields: Fields, context: Context): Fields {
  const ref = (): string => splitGitUri(fields.sourceUri()).ref
  const isTag = (): boolean => ref().startsWith("refs/tags/")
  const refuse = (): never => {
    throw invalid(`the source ${fields.sourceUri()} has no ref of a branch or tag`)
  }
  return {
    ...fields,
    branch: () => (ref().startsWith("refs/heads/") ? ref() : isTag() ? context.branch() : refuse()),
    tag: () => (isTag() ? ref() : ref().startsWith("refs/heads/") ? "" : refuse()),
  }
}

function firstUri({ version, predicate }: SlsaStatement): string {
  const list =
    version === "v0.2"
      ? memberOf(predicate, "materials")
      : memberOf(predicate, "buildDefinition", "resolvedDependencies")
  const [first]: readonly unknown[] = Array.isArray(list) ? list : []
  if (first === undefined) throw invalid("the statement names no source")
  const uri = textOf(first, "uri")
  if (uri === "") throw new Refusal("ErrorMalformedURI", "the source has no URI")
  return uri
}

function triggerOf({ predicate }: SlsaStatement, reader: FieldReader, context: Context): string {
  if (reader === "github-workflow") {
    const workflow = memberOf(predicate, "buildDefinition", "externalParameters", "workflow")
    const [repository, ref] = [textOf(workflow, "repository"), textOf(workflow, "ref")]
    if (repository !== "" && ref !== "") return `git+${repository}@${ref}`
    throw new Refusal("ErrorInvalidFormat", "the statement names no workflow")
  }
  const workflowRef = context.optionalText("workflow_ref")
  if (workflowRef === undefined) throw new Refusal("ErrorNotPresent", "GITHUB_WORKFLOW_REF")
  const [path = "", ref = "", ...rest] = workflowRef.split("@")
  const [owner, name] = path.split("/")
  if (ref === "" || rest.length > 0 || owner === undefined || name === undefined) {
    throw new Refusal("ErrorInvalidFormat", `${workflowRef} is not owner/name/path@ref`)
  }
  return `git+https://github.com/${owner}/${name}@${ref}`
}

/** The map of GitHub's context variables in a statement: `github_…` or `GITHUB_…`, by build type. */
class Context {
  readonly #values: unknown
  readonly #isLowerCase: boolean

  constructor({ version, predicate }: SlsaStatement, reader: FieldReader) {
    this.#values =
      version === "v0.2"
        ? memberOf(predicate, "invocation", "environment")
        : memberOf(predicate, "buildDefinition", "internalParameters")
    this.#isLowerCase = reader === "lower-case-environment"
  }

  branch(): string {
    const type = this.#text("ref_type")
    if (type === "branch") return this.#text("ref")
    if (type !== "tag") throw invalid(`the ref type is ${JSON.stringify(type)}`)
    const base = this.#text("base_ref")
    if (base !== "") return base
    switch (this.#text("event_name")) {
      case "push":
        return this.#pushedBase()
      case "release":
        return `refs/heads/${this.#releaseTarget()}`
      default:
        return ""
    }
  }

  tag(): string {
    const type = this.#text("ref_type")
    if (type === "branch") return ""
    if (type === "tag") return this.#text("ref")
    throw invalid(`the ref type is ${JSON.stringify(type)}`)
  }

  inputs(): Readonly<Record<string, unknown>> {
    const event = this.#text("event_name")
    if (event !== "workflow_dispatch") {
      throw new Refusal(
        "ErrorMismatchWorkflowInputs",
        `the build was started by ${event}, which has no inputs`,
      )
    }
    const inputs = memberOf(this.#payload(), "inputs")
    if (!isRecord(inputs)) throw invalid("the event has no inputs")
    return inputs
  }

  optionalText(name: string): string | undefined {
    const value = memberOf(
      this.#map(),
      this.#isLowerCase ? `github_${name}` : `GITHUB_${name.toUpperCase()}`,
    )
    return typeof value === "string" ? value : undefined
  }

  #text(name: string): string {
    const text = this.optionalText(name)
    if (text === undefined) throw invalid(`the build's context has no text ${name}`)
    return text
  }

  #map(): Readonly<Record<string, unknown>> {
    if (isRecord(this.#values)) return this.#values
    throw invalid("the statement has no context of its build")
  }

  #payload(): Readonly<Record<string, unknown>> {
    const payload = memberOf(
      this.#map(),
      this.#isLowerCase ? "github_event_payload" : "GITHUB_EVENT_PAYLOAD",
    )
    if (isRecord(payload)) return payload
    throw invalid("the statement has no event")
  }

  #pushedBase(): string {
    const payload = this.#payload()
    if (!Object.hasOwn(payload, "base_ref")) throw invalid("the event has no base_ref")
    return textOf(payload, "base_ref")
  }

  #releaseTarget(): string {
    const target = memberOf(this.#payload(), "release", "target_commitish")
    if (typeof target === "string") return target
    throw invalid("the event names no target of the release")
  }
}

function invalid(detail: string): Refusal {
  return new Refusal("ErrorInvalidDssePayload", detail)
}
