import path from "node:path"

import { builderOf, expectationOf, invocationOf, sourceOf } from "../../formats/build-context.ts"
import { buildLevel } from "../../formats/build-level.ts"
import type { TrustSummary } from "../report.ts"
import type { Plan, PlannedOutput } from "./plan.ts"
import type { AttestedBuild, AttestedEntry, AttestReport } from "./request.ts"
import type { Signatures } from "./sign.ts"
import type { Signer } from "./signer.ts"
import type { Subjects } from "./subjects.ts"

/** What a dry run has to say: the statements, as they would be signed. */
export function dryReport(plan: Plan, signer: Signer, collected: Subjects): AttestReport {
  return {
    ...head(plan, signer, collected),
    subjects: collected.subjects.map((subject) => ({ ...subject, files: [], logEntries: [] })),
    statements: plan.statements.map(({ id, payload }) => ({
      name: path.basename(plan.outputs.find((output) => output.id === id)?.file ?? ""),
      text: Buffer.from(payload).toString("utf8"),
    })),
    certificates: 0,
    resumed: 0,
  }
}

/** What a run has to say once everything is written. */
export function reportOf(
  plan: Plan,
  signer: Signer,
  collected: Subjects,
  { attestations, certificates, trust }: Signatures & { readonly trust?: TrustSummary },
): AttestReport {
  const entriesOf = (id: string): readonly AttestedEntry[] =>
    attestations.get(id)?.proven.proof.logEntries.map(({ log, logIndex }) => ({ log, logIndex })) ??
    []
  const outputsOf = (subject: string | undefined): readonly PlannedOutput[] =>
    plan.outputs.filter((output) => output.subject === subject)
  const [aggregate] = outputsOf(undefined)
  return {
    ...head(plan, signer, collected),
    subjects: collected.subjects.map((subject) => {
      const own = outputsOf(subject.name)
      const ids = new Set(own.map(({ id }) => id))
      return {
        ...subject,
        files: own.map(({ file }) => file),
        logEntries: [...ids].flatMap(entriesOf),
      }
    }),
    ...(aggregate === undefined
      ? {}
      : { aggregate: { file: aggregate.file, logEntries: entriesOf(aggregate.id) } }),
    certificates,
    resumed: [...attestations.values()].filter(({ resumed }) => resumed).length,
    ...(trust === undefined ? {} : { trust }),
  }
}

type Head = Pick<AttestReport, "build" | "level" | "signatures" | "notes">

function head(plan: Plan, signer: Signer, { notes }: Subjects): Head {
  return {
    build: describeBuild(signer),
    level: buildLevel(signer.context),
    signatures: plan.statements.length,
    notes: [...notes, ...notesOn(signer)],
  }
}

function describeBuild(signer: Signer): AttestedBuild {
  const { context } = signer
  const source = sourceOf(context)
  const run = invocationOf(context)
  return {
    kind: context.kind,
    signer:
      signer.kind === "key"
        ? `the key ${signer.key.publicKey.fingerprint}`
        : (expectationOf(context).identity ?? builderOf(context)),
    builder: builderOf(context),
    ...(source === undefined ? {} : { source: source.repository }),
    ...(source?.ref === undefined ? {} : { ref: source.ref }),
    ...(source?.commit === undefined ? {} : { commit: source.commit }),
    ...(run === undefined ? {} : { run }),
  }
}

function notesOn(signer: Signer): readonly string[] {
  const { context } = signer
  const notes: string[] = []
  if (signer.kind === "identity" && signer.services.logVersion === 2) {
    notes.push("PyPI takes no attestation that is logged in Rekor v2")
  }
  if (context.kind === "person") {
    notes.push(
      `${context.email} is in the certificate, and with it in a public log for ever`,
      "PyPI takes attestations of a trusted publisher alone, and a person is none",
    )
  }
  if (context.kind === "github" && context.trigger === "workflow_dispatch") {
    notes.push(
      "the inputs of workflow_dispatch are not part of GitHub's build type, and not recorded",
    )
  }
  if (signer.kind === "key") {
    notes.push("PyPI takes no attestation that is signed with a key of your own")
  }
  return notes
}
