import type { Identity } from "../../core/identity.ts"
import type { Proof, VerifiedLogEntry, VerifiedTime } from "../../core/verdict.ts"
import type { Chain, ChainLink, VouchedClaim, Voucher } from "./report.ts"
import type { UsedWheel } from "./user-acts.ts"

/** What the chain is drawn of. */
export interface ChainParts {
  readonly used: readonly UsedWheel[]
  readonly tag: string
  /** The page of the release. */
  readonly release: string
  readonly indexUrl: URL
}

/** The links from the commit to the installed files, each claim with who vouches for it; undefined where no wheel got that far. */
export function drawChain({ used, tag, release, indexUrl }: ChainParts): Chain | undefined {
  const [first] = used
  if (first === undefined) return undefined
  // The provenance on the release says most of the build; all wheels of a run share its certificate.
  const { proof } = first.fromRelease
  return {
    trunk: [commitLink(proof, tag), runLink(proof), certificateLink(proof)],
    lanes: used.map((wheel) => ({
      file: wheel.wheel.filename,
      links: [
        wheelLink(wheel),
        attestationLink(wheel.fromRelease.proof),
        logLink(wheel.fromRelease.proof),
        indexLink(wheel, indexUrl),
        releaseLink(wheel, release),
        downloadLink(wheel),
        installedLink(wheel),
      ],
    })),
  }
}

type IdentityKey = Exclude<keyof Identity, "san">

/** A claim that the certificate makes, and the name under which the statement is compared with it, where it is. */
interface ProvedField {
  readonly label: string
  readonly key: IdentityKey
  readonly crossChecked?: string
}

const COMMIT: readonly ProvedField[] = [
  { label: "commit", key: "sourceCommit", crossChecked: "source commit" },
  { label: "ref", key: "sourceRef", crossChecked: "source ref" },
  { label: "repository", key: "sourceRepository", crossChecked: "source repository" },
  { label: "repository id", key: "sourceRepositoryId", crossChecked: "repository id" },
  { label: "owner", key: "ownerUri" },
  { label: "owner id", key: "ownerId", crossChecked: "owner id" },
  { label: "visibility", key: "visibility" },
]

const RUN: readonly ProvedField[] = [
  { label: "run", key: "runUri", crossChecked: "run" },
  { label: "workflow", key: "buildConfigUri", crossChecked: "workflow" },
  { label: "workflow's commit", key: "buildConfigDigest" },
  { label: "builder", key: "buildSignerUri", crossChecked: "builder" },
  { label: "trigger", key: "trigger", crossChecked: "trigger" },
  { label: "runner", key: "runnerEnvironment", crossChecked: "runner" },
  { label: "environment", key: "deploymentEnvironment" },
]

function provedClaims(proof: Proof, fields: readonly ProvedField[]): readonly VouchedClaim[] {
  return fields.flatMap(({ label, key, crossChecked = "" }) => {
    const value = proof.identity?.[key]
    const agrees = proof.crossChecked.includes(crossChecked)
    return value === undefined
      ? []
      : [claim(label, value, agrees ? "certificate and statement" : "certificate")]
  })
}

function claim(label: string, value: string, by: Voucher): VouchedClaim {
  return { label, value, by }
}

function commitLink(proof: Proof, tag: string): ChainLink {
  const commit = proof.identity?.sourceCommit?.slice(0, 12) ?? "unknown"
  return {
    id: "commit",
    title: `Commit ${commit}`,
    holds: `what the maintainer wrote, tagged ${tag}`,
    claims: provedClaims(proof, COMMIT),
  }
}

function runLink(proof: Proof): ChainLink {
  return {
    id: "run",
    title: "The run that built it",
    holds: "the platform's token names the commit that this run checked out",
    claims: provedClaims(proof, RUN),
  }
}

function certificateLink({ identity, instance }: Proof): ChainLink {
  return {
    id: "certificate",
    title: "Its certificate",
    holds:
      "the authority checked the token, and that the run holds the key, which then was thrown away",
    claims: [
      ...(identity === undefined ? [] : [claim("identity", identity.san.value, "certificate")]),
      ...(identity?.issuer === undefined
        ? []
        : [claim("token's issuer", identity.issuer, "certificate")]),
      ...(identity?.tokenSubject === undefined
        ? []
        : [claim("token's subject", identity.tokenSubject, "certificate")]),
      ...(instance === undefined ? [] : [claim("authority", instance, "measured here")]),
      claim("published", "its timestamp of the certificate log holds", "certificate log"),
    ],
  }
}

function wheelLink({ wheel: { filename, sha256, content, members } }: UsedWheel): ChainLink {
  const files = members.filter(({ kind }) => kind === "file").length
  return {
    id: "wheel",
    title: filename,
    holds: "the run built this file and took its digest at once",
    sha256,
    claims: [
      claim("size", `${content.byteLength} bytes`, "measured here"),
      claim("content", `${files} files, as its RECORD lists them`, "measured here"),
    ],
  }
}

function attestationLink(proof: Proof): ChainLink {
  const { digests, predicateType, subjectName, subjectCount, claim: stated, evidence } = proof
  return {
    id: "attestation",
    title: "The attestation",
    holds: "its subject is this digest, and the certificate's key signed it",
    sha256: digests.sha256,
    claims: [
      ...optional("statement", predicateType, "statement alone"),
      ...optional("subject", subjectName, "statement alone"),
      claim("subjects", String(subjectCount), "statement alone"),
      ...optional("build type", stated?.buildType, "statement alone"),
      claim("read from", evidence.origin, "measured here"),
    ],
  }
}

const LOG_PROOFS: Readonly<Record<VerifiedLogEntry["proof"], string>> = {
  promise: "a signed promise of inclusion",
  inclusion: "an inclusion proof up to a signed checkpoint",
  both: "a signed promise, and an inclusion proof up to a signed checkpoint",
}

function logLink({ logEntries, times }: Proof): ChainLink {
  return {
    id: "log",
    title: "Its entry in the transparency log",
    holds:
      "the entry was rebuilt from this very envelope and certificate, and is the one that the log has",
    claims: [
      ...logEntries.flatMap(({ log, logIndex, kind, proof }) => [
        claim("entry", `${logIndex} of ${log}`, "transparency log"),
        claim("kind", kind, "transparency log"),
        claim("proof", LOG_PROOFS[proof], "transparency log"),
      ]),
      ...times.map(timeClaim),
    ],
  }
}

function timeClaim({ source, time, authority }: VerifiedTime): VouchedClaim {
  const by = source === "rekor-set" ? "transparency log" : "timestamp authority"
  return claim("signed at", `${new Date(time).toISOString()}, by ${authority}`, by)
}

function indexLink({ fromIndex: { proof }, wheel }: UsedWheel, indexUrl: URL): ChainLink {
  const { publisher, predicateType, evidence } = proof
  return {
    id: "index",
    title: "The index",
    holds: "it took the file with its attestations from the same workflow, by trusted publishing",
    sha256: wheel.sha256,
    claims: [
      claim("index", indexUrl.href, "index alone"),
      ...(publisher?.kind === "GitHub"
        ? [
            claim(
              "publisher",
              `${publisher.repository}, ${publisher.workflow}; as in the certificate`,
              "index alone",
            ),
          ]
        : []),
      ...optional("attestation", predicateType, "statement alone"),
      claim("read from", evidence.origin, "measured here"),
    ],
  }
}

function releaseLink({ fromRelease, wheel }: UsedWheel, release: string): ChainLink {
  return {
    id: "release",
    title: "The release",
    holds: "the same file and the same attestations stand on the release of the tag",
    sha256: wheel.sha256,
    claims: [
      claim("release", release, "release alone"),
      claim("attestation", fromRelease.proof.evidence.origin, "measured here"),
    ],
  }
}

function downloadLink({ downloaded, fromIndex, fromRelease }: UsedWheel): ChainLink {
  const { compared } = fromRelease.proof
  return {
    id: "download",
    title: "What pip downloaded, verified",
    holds:
      "its digest is the subject of the attestations from both places, and what the user expected is what they prove",
    sha256: downloaded.sha256,
    claims: [
      ...compared.map(({ field, value }) => claim(`expected ${field}`, value, "measured here")),
      ...[...fromIndex.proof.notes, ...fromRelease.proof.notes].map((note) =>
        claim("note", note, "measured here"),
      ),
    ],
  }
}

function installedLink({ installed, downloaded }: UsedWheel): ChainLink {
  return {
    id: "installed",
    title: "Installed and imported",
    holds: "pip was given this file with this digest and nothing else, and compared it again",
    sha256: downloaded.sha256,
    claims: [
      claim("installed", `${installed.same} files, each as it is in the wheel`, "measured here"),
      claim("pip's record", `installed from sha256:${installed.archive}`, "measured here"),
    ],
  }
}

function optional(label: string, value: string | undefined, by: Voucher): readonly VouchedClaim[] {
  return value === undefined ? [] : [claim(label, value, by)]
}
