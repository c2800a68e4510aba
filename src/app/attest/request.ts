import type { BuildLevel } from "../../formats/build-level.ts"
import type { ChecksumLine } from "../../formats/checksums.ts"
import type { LogVersion } from "../../formats/choose-services.ts"
import type { TrustSummary } from "../report.ts"
import type { TrustRequest } from "../trust-request.ts"

/** What to attest, with what, and where the attestations go. */
export interface AttestRequest extends Omit<TrustRequest, "rekorUrl"> {
  /** Files, folders and patterns. With checksums, these and no others; without any, the checksums alone are attested. */
  readonly files: readonly string[]
  /** Checksums that the build handed over: `sha256sum` lines or base64 of them. */
  readonly checksums?: string
  /** Files that hold such checksums, one for each job of a matrix. */
  readonly checksumFiles: readonly string[]
  /** The folder for everything that is written; that of the files unless it is another. */
  readonly output?: string
  /** Replaces what is there. */
  readonly force: boolean
  /** Signs and writes nothing; the statements are the result. */
  readonly dryRun: boolean
  /** Takes files that are not distributions or are broken ones, too. */
  readonly anyFile: boolean
  /** The folder of the project, which may declare the files of a release; without it nothing is compared. */
  readonly project?: string
  /** What is missing of the declared files is another job's. */
  readonly isPart?: boolean
  /** Files must not be older; milliseconds since 1970. Where it is absent, the run's own start, if the platform tells. */
  readonly builtAfter?: number
  /** A private key in PEM to sign with, instead of an identity: a file, or `-` for standard input. */
  readonly key?: string
  /** A file that holds an identity token, or `-` for standard input. */
  readonly identityToken?: string
  /** Issuers whose tokens are accepted besides the known ones: `ISSUER`, or `ISSUER=URL` where its keys are elsewhere. */
  readonly issuers: readonly string[]
  /** A file with the services to sign with, instead of those that come with the trust root. */
  readonly signingConfig?: string
  readonly logVersion: LogVersion
  /** Agrees that the name of a repository that is not public goes into a public log. */
  readonly privateRepository: boolean
  /** How many signatures are under way at once. */
  readonly concurrency?: number
  /** Whether a person is there who can sign in. */
  readonly interactive: boolean
}

/** Hears how far a long run is. */
export interface AttestWatch {
  /** A person has to sign in at this address. */
  readonly signIn: (address: URL) => void
  /** The number of signatures is known now. */
  readonly total: (count: number) => void
  /** One signature more is made, logged and proved. */
  readonly finished: (name: string) => void
}

/** What was attested of one file. */
export interface AttestedSubject extends ChecksumLine {
  /** The files that were written about it. */
  readonly files: readonly string[]
  /** Its entries in transparency logs. */
  readonly logEntries: readonly AttestedEntry[]
}

/** An entry of a transparency log. */
export interface AttestedEntry {
  readonly log: string
  readonly logIndex: string
}

/** A statement as it would be signed. */
export interface UnsignedStatement {
  /** What it is called in what would be written. */
  readonly name: string
  readonly text: string
}

/** Who signs and what was built, for people. */
export interface AttestedBuild {
  readonly kind: "github" | "gitlab" | "circleci" | "person" | "key"
  /** The certificate's subject alternative name, or the key's fingerprint. */
  readonly signer: string
  readonly builder: string
  readonly source?: string
  readonly ref?: string
  readonly commit?: string
  readonly run?: string
}

/** One run of `attest`. */
export interface AttestReport {
  readonly build: AttestedBuild
  readonly level: BuildLevel
  readonly subjects: readonly AttestedSubject[]
  /** The attestation over all of them; absent after a dry run. */
  readonly aggregate?: { readonly file: string; readonly logEntries: readonly AttestedEntry[] }
  /** What would be signed; after a dry run only. */
  readonly statements?: readonly UnsignedStatement[]
  /** How many certificates were issued; 0 where all was done before, or a key signed. */
  readonly certificates: number
  /** How many signatures were made in all, and how many of them an earlier run had made. */
  readonly signatures: number
  readonly resumed: number
  readonly trust?: TrustSummary
  /** Sentences a reader must know. */
  readonly notes: readonly string[]
}
