import type { Proof, VerifiedLogEntry, VerifiedTime } from "../../core/verdict.ts"
import { moment, plural, shellWord, visible } from "../text.ts"

/** One labelled line of a result. The value is safe to print: foreign text in it is escaped. */
export interface Row {
  readonly label: string
  readonly value: string
}

/** What was proved about one file, in reading order. */
export function proofRows(proof: Proof, verbose: boolean): readonly Row[] {
  return [
    ...originRows(proof),
    ...signerRows(proof),
    ...timeRows(proof.times, verbose),
    ...logRows(proof.logEntries, verbose),
    { label: "evidence", value: evidence(proof) },
    ...(verbose ? verboseRows(proof) : []),
    ...comparedRows(proof),
    ...proof.notes.map((note) => ({ label: "note", value: visible(note) })),
  ]
}

/** The source repository, from the certificate, else as the signer states it. */
export function sourceOf({ identity, claim }: Proof): string | undefined {
  return stated(identity?.sourceRepository, claim?.sourceRepository)
}

/** The source ref, from the certificate, else as the signer states it. */
export function refOf({ identity, claim }: Proof): string | undefined {
  return stated(identity?.sourceRef, claim?.sourceRef)
}

/** Who signed, in one line. */
export function signerOf({ identity, key }: Proof): string {
  if (identity === undefined) return `key sha256:${visible(key ?? "unknown")}`
  const issuer = identity.issuer === undefined ? "" : `, attested by ${visible(identity.issuer)}`
  return `${visible(identity.san.value)}${issuer}`
}

// The certificate is proved; the statement alone is only what the signer says of himself.
function stated(proved: string | undefined, claimed: string | undefined): string | undefined {
  if (proved !== undefined) return visible(proved)
  return claimed === undefined
    ? undefined
    : `${visible(claimed)} (stated by the signer, not proved)`
}

function originRows(proof: Proof): Row[] {
  const { identity, claim } = proof
  const values: readonly (readonly [string, string | undefined])[] = [
    ["source", sourceOf(proof)],
    ["ref", refOf(proof)],
    ["commit", stated(identity?.sourceCommit, claim?.sourceCommit)],
    ["workflow", stated(identity?.buildConfigUri, claim?.workflow)],
    ["builder", stated(identity?.buildSignerUri, claim?.builder)],
    ["trigger", stated(identity?.trigger, claim?.trigger)],
    ["runner", stated(identity?.runnerEnvironment, claim?.runner)],
  ]
  return values.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]))
}

function signerRows(proof: Proof): Row[] {
  const instance = proof.instance === undefined ? "" : ` (${visible(proof.instance)})`
  return [{ label: "signer", value: `${signerOf(proof)}${instance}` }]
}

function timeRows(times: readonly VerifiedTime[], verbose: boolean): Row[] {
  if (times.length === 0) return [{ label: "time", value: "not proved by anybody" }]
  const shown = verbose ? times : times.slice(0, 1)
  return shown.map(({ source, time, authority }) => ({
    label: "time",
    value: `${moment(time)}, by ${source === "rekor-set" ? "log" : "timestamp authority"} ${visible(authority)}`,
  }))
}

const PROOFS = {
  promise: "its promise",
  inclusion: "an inclusion proof",
  both: "its promise and an inclusion proof",
} as const

function logRows(entries: readonly VerifiedLogEntry[], verbose: boolean): Row[] {
  if (entries.length === 0) return [{ label: "log", value: "no entry" }]
  const shown = verbose ? entries : entries.slice(0, 1)
  return shown.map(({ log, logIndex, proof }) => ({
    label: "log",
    value: `${visible(log)}, entry ${visible(logIndex)}, by ${PROOFS[proof]}`,
  }))
}

function evidence({ evidence: { origin, form }, subjectCount }: Proof): string {
  return `${visible(origin)} (${form}, ${plural(subjectCount, "subject")})`
}

function verboseRows(proof: Proof): Row[] {
  const digests = Object.entries(proof.digests).map(([name, hex]) => `${name}:${hex}`)
  const rows: Row[] = digests.map((value) => ({ label: "digest", value: visible(value) }))
  const { subjectName, predicateType, identity, crossChecked } = proof
  if (subjectName !== undefined) rows.push({ label: "subject", value: visible(subjectName) })
  if (predicateType !== undefined) rows.push({ label: "predicate", value: visible(predicateType) })
  if (identity?.runUri !== undefined) rows.push({ label: "run", value: visible(identity.runUri) })
  if (crossChecked.length > 0) {
    const fields = crossChecked.map((field) => visible(field)).join(", ")
    rows.push({ label: "agreeing", value: `statement and certificate agree on ${fields}` })
  }
  return rows
}

function comparedRows({ compared, notCompared }: Proof): Row[] {
  if (compared.length === 0) {
    const suggestion = notCompared
      .slice(0, 2)
      .map(({ field, value }) => `${flag(field)} ${shellWord(value)}`)
    const example = suggestion.length > 0 ? suggestion.join(" ") : "--source github.com/owner/name"
    return [
      {
        label: "not compared",
        value: "nothing was compared: this says whose build it is, not that it is the one you want",
      },
      { label: "", value: `if it is, compare it from now on: ${example}` },
    ]
  }
  const met = compared.map(({ field, value }) => `${flag(field)} ${shellWord(value)}`)
  const open = notCompared.map(({ field }) => flag(field))
  return [
    { label: "compared", value: met.join(" ") },
    ...(open.length > 0 ? [{ label: "not compared", value: open.join(", ") }] : []),
  ]
}

function flag(field: string): string {
  return `--${visible(field.replace(/^--/, ""))}`
}
