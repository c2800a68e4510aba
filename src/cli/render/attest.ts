import type { AttestReport, AttestedEntry, AttestedSubject } from "../../app/attest/request.ts"
import { plural, visible, visibleJson } from "../text.ts"
import { VERSION } from "../version.ts"
import { rows } from "./human.ts"
import { JSON_SCHEMA_VERSION, trustJson } from "./json.ts"

/** A run of `attest` for people: whose word it is, what it amounts to, then what is where; after a dry run the statements, one a line. */
export function attestText(report: AttestReport, { quiet }: { readonly quiet: boolean }): string {
  const { statements } = report
  if (statements !== undefined) return statements.map(({ text }) => `${text}\n`).join("")
  if (quiet) return ""
  const lines = [
    buildBlock(report),
    "",
    ...report.subjects.map(subjectBlock),
    ...aggregateBlock(report),
    "",
    summaryLine(report),
  ]
  return lines.map((line) => `${line}\n`).join("")
}

function buildBlock({ build, level }: AttestReport): string {
  const entries = [
    { label: "signed by", value: build.signer },
    { label: "source", value: build.source },
    { label: "ref", value: build.ref },
    { label: "commit", value: build.commit },
    { label: "builder", value: build.builder },
    { label: "run", value: build.run },
    { label: "build level", value: `SLSA Build L${level.level}: ${level.reason}` },
  ]
  const present = entries.flatMap(({ label, value }) =>
    value === undefined ? [] : [{ label, value: visible(value) }],
  )
  return rows(present, 0)
}

function subjectBlock({ name, sha256, files, logEntries }: AttestedSubject): string {
  const entries = [
    { label: "sha256", value: sha256 },
    ...files.map((file) => ({ label: "wrote", value: visible(file) })),
    ...logRows(logEntries),
  ]
  return `attested ${visible(name)}\n${rows(entries)}`
}

function aggregateBlock({ aggregate }: AttestReport): readonly string[] {
  if (aggregate === undefined) return []
  const entries = [
    { label: "wrote", value: visible(aggregate.file) },
    ...logRows(aggregate.logEntries),
  ]
  return [`attested all of them together\n${rows(entries)}`]
}

function logRows(entries: readonly AttestedEntry[]): readonly { label: string; value: string }[] {
  return entries.map(({ log, logIndex }) => ({
    label: "logged",
    value: `${visible(log)} entry ${logIndex}`,
  }))
}

function summaryLine({ subjects, signatures, certificates, resumed }: AttestReport): string {
  const by = certificates === 0 ? "" : ` with ${plural(certificates, "certificate")}`
  const before = resumed === 0 ? "" : `, ${resumed} of them by an earlier run`
  return `${plural(subjects.length, "file")} attested by ${plural(signatures, "signature")}${by}${before}`
}

/** A run of `attest` as one JSON document. Its fields are API; docs/cli.md lists them. */
export function attestJson(report: AttestReport): string {
  const { build, level, subjects, aggregate, statements, trust, notes } = report
  const document = {
    schemaVersion: JSON_SCHEMA_VERSION,
    tool: { name: "wheelproof", version: VERSION },
    build,
    level,
    subjects: subjects.map(({ name, sha256, files, logEntries }) => ({
      name,
      digests: { sha256 },
      files,
      logEntries,
    })),
    ...(aggregate === undefined ? {} : { aggregate }),
    ...(statements === undefined
      ? {}
      : { statements: statements.map(({ name, text }) => ({ name, statement: parse(text) })) }),
    certificates: report.certificates,
    signatures: report.signatures,
    resumed: report.resumed,
    ...(trust === undefined ? {} : { trust: trustJson(trust) }),
    notes,
  }
  return `${visibleJson(document, 2)}\n`
}

function parse(text: string): unknown {
  return JSON.parse(text)
}
