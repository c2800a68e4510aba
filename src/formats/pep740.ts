import { decodeWrappedBase64 } from "../core/bytes.ts"
import { IN_TOTO_PAYLOAD_TYPE } from "../core/dsse.ts"
import { malformed } from "../core/errors.ts"
import type { Evidence, Publisher, SigningMaterial } from "../core/evidence.ts"
import { LIMITS } from "../core/limits.ts"
import { Shape } from "../core/shape.ts"
import { parseLogEntry } from "./log-entry.ts"
import { parseStatement } from "./statement.ts"

/**
 * Parses an attestation object (PEP 740, "Attestation object", version 1). The specification lets indexes add members, so unknown
 * ones are ignored. Throws `ERR_INPUT_MALFORMED` or `ERR_INPUT_TOO_LARGE`.
 */
export function parseAttestation(attestation: Shape, origin: string): Evidence {
  checkVersion(attestation, "attestation")
  const envelope = attestation.object("envelope")
  const material = attestation.optionalObject("verification_material")
  const payload = wrapped(envelope, "statement")
  return {
    form: "pep740-attestation",
    origin,
    content: {
      kind: "dsse",
      payloadType: IN_TOTO_PAYLOAD_TYPE,
      payload,
      signatures: [{ sig: wrapped(envelope, "signature"), keyid: "" }],
      statement: parseStatement(payload),
    },
    material: parseMaterial(material),
    entries: (material?.shapes("transparency_entries", LIMITS.logEntries) ?? []).map(parseLogEntry),
    timestamps: material?.base64List("timestamps", LIMITS.timestamps) ?? [],
  }
}

// An index may sign with a key of its own: then there is no certificate and no log entry.
function parseMaterial(material: Shape | undefined): SigningMaterial {
  if (material?.has("certificate") !== true) return { kind: "none" }
  return { kind: "certificate", leaf: wrapped(material, "certificate"), intermediates: [] }
}

// pypi-attestations before 0.0.12 (September 2024) broke its base64 into lines.
function wrapped(parent: Shape, name: string): Uint8Array {
  return decodeWrappedBase64(parent.string(name), `${parent.path}.${name}`)
}

/** One attestation of a provenance object, still to be parsed, and the bundle whose publisher the index names for it. */
export interface ProvenanceItem {
  readonly value: unknown
  readonly path: string
  readonly bundle: Shape
}

/** Reads a provenance object (PEP 740, "Provenance objects", version 1) into its attestations. */
export function readProvenanceObject(provenance: Shape): readonly ProvenanceItem[] {
  checkVersion(provenance, "provenance object")
  return provenance
    .shapes("attestation_bundles", LIMITS.attestations)
    .flatMap((bundle) =>
      bundle
        .list("attestations", LIMITS.attestations)
        .map((attestation) => ({ ...attestation, bundle })),
    )
}

/** Parses one attestation of a provenance object with its publisher. Throws as {@link parseAttestation} does. */
export function parseProvenanceItem(
  { value, path, bundle }: ProvenanceItem,
  origin: string,
): Evidence {
  return {
    ...parseAttestation(new Shape(value, path), origin),
    publisher: parsePublisher(bundle.object("publisher")),
  }
}

function checkVersion(object: Shape, what: string): void {
  if (object.raw("version") !== 1) throw malformed(`unknown ${what} version`)
}

function parsePublisher(publisher: Shape): Publisher {
  const kind = publisher.string("kind")
  const environment = publisher.optionalString("environment")
  const inEnvironment = environment === undefined || environment === "" ? {} : { environment }
  switch (kind) {
    case "GitHub":
      return {
        kind,
        repository: publisher.string("repository"),
        workflow: publisher.string("workflow"),
        ...inEnvironment,
      }
    case "GitLab":
      return {
        kind,
        repository: publisher.string("repository"),
        workflow: publisher.string("workflow_filepath"),
        ...inEnvironment,
      }
    case "Google":
      return { kind, email: publisher.string("email") }
    case "CircleCI":
      return { kind, ...parseCircle(publisher) }
    default:
      return { kind: "unknown", name: kind }
  }
}

function parseCircle(publisher: Shape): Omit<Extract<Publisher, { kind: "CircleCI" }>, "kind"> {
  const vcsOrigin = publisher.optionalString("vcs_origin")
  const vcsRef = publisher.optionalString("vcs_ref")
  return {
    projectId: publisher.string("project_id"),
    pipelineDefinitionId: publisher.string("pipeline_definition_id"),
    ...(vcsOrigin === undefined ? {} : { vcsOrigin }),
    ...(vcsRef === undefined ? {} : { vcsRef }),
  }
}
