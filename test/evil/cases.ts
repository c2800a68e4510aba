import { BUNDLE_CASES, ENVELOPE_CASES } from "./bundle-cases.ts"
import { CERTIFICATE_CASES } from "./certificate-cases.ts"
import type { EvilCase } from "./exhibit.ts"
import { LOG_CASES } from "./log-cases.ts"
import { CLAIM_CASES, STATEMENT_CASES } from "./statement-cases.ts"
import { TIME_CASES } from "./time-cases.ts"
import { TRUST_ROOT_CASES } from "./trust-root-cases.ts"

/** Everything evil that the verifiers are compared by, in the order of docs/THREATS.md. */
export const EVIL: readonly { readonly title: string; readonly cases: readonly EvilCase[] }[] = [
  { title: "the certificate", cases: CERTIFICATE_CASES },
  { title: "the log entry", cases: LOG_CASES },
  { title: "the time of signing", cases: TIME_CASES },
  { title: "the envelope and its signature", cases: ENVELOPE_CASES },
  { title: "the bundle as JSON", cases: BUNDLE_CASES },
  { title: "the statement, as a document", cases: STATEMENT_CASES },
  { title: "the statement, against its certificate", cases: CLAIM_CASES },
  { title: "the trust root", cases: TRUST_ROOT_CASES },
]
