import { DIGEST_HEX_LENGTH, isDigestAlgorithm } from "../core/digest.ts"
import { malformed } from "../core/errors.ts"
import { parseJson } from "../core/json.ts"
import { LIMITS } from "../core/limits.ts"
import { Shape } from "../core/shape.ts"
import type { Statement, Subject } from "../core/statement.ts"
import { readPredicate } from "./predicate.ts"

/**
 * Parses a DSSE payload as an in-toto statement (in-toto attestation spec v0.1 and v1). An unknown `_type` is kept for the verdict to
 * refuse. Throws `ERR_INPUT_MALFORMED` or `ERR_INPUT_TOO_LARGE`.
 */
export function parseStatement(payload: Uint8Array): Statement {
  const statement = new Shape(parseJson(payload, "statement"), "statement")
  const predicateType = statement.string("predicateType")
  return {
    type: statement.string("_type"),
    predicateType,
    predicate: readPredicate(predicateType, statement.raw("predicate")),
    subjects: statement.shapes("subject", LIMITS.subjects).map(parseSubject),
  }
}

function parseSubject(subject: Shape): Subject {
  const digest = subject.stringMap("digest")
  for (const [algorithm, value] of digest) {
    if (isDigestAlgorithm(algorithm) && !isHex(value, DIGEST_HEX_LENGTH[algorithm])) {
      throw malformed(
        `${subject.path}: ${algorithm} is not ${DIGEST_HEX_LENGTH[algorithm]} lower-case hex digits`,
      )
    }
  }
  return { name: subject.optionalString("name"), digest }
}

function isHex(text: string, length: number): boolean {
  return text.length === length && /^[0-9a-f]*$/.test(text)
}
