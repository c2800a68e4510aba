/** The words around one check: what it asks, why it matters, what to do when it fails. */
export interface CheckText {
  /** The step of "verifying, in order" it belongs to (docs/ARCHITECTURE.md). */
  readonly step: Step
  /** One line, present tense, what must hold. */
  readonly holds: string
  /** What an attacker or an accident could do if it did not. */
  readonly why: string
  /** What to do next. */
  readonly next: string
}

/** The steps of verification, in order. */
export type Step =
  | "evidence"
  | "time"
  | "certificate"
  | "log"
  | "signature"
  | "subject"
  | "claim"
  | "expectation"

/** The identifier of one check, in the order of verification. */
export type CheckId =
  | "evidence-present"
  | "evidence-malformed"
  | "evidence-scope"
  | "publisher-kind"
  | "timestamp"
  | "time-present"
  | "certificate-chain"
  | "certificate-time"
  | "certificate-usage"
  | "certificate-not-ca"
  | "certificate-extensions"
  | "certificate-transparency"
  | "certificate-identity"
  | "log-entry-present"
  | "log-entry-missing"
  | "log-entry-ambiguous"
  | "log-known"
  | "log-entry-body"
  | "log-promise"
  | "log-inclusion"
  | "log-checkpoint"
  | "key-known"
  | "payload-type"
  | "signature"
  | "message-digest"
  | "statement"
  | "subject-digest"
  | "subject-conflict"
  | "subject-name"
  | "subject-count"
  | "predicate-type"
  | "predicate"
  | "claim-builder"
  | "claim-repository"
  | "claim-ref"
  | "claim-commit"
  | "claim-workflow"
  | "claim-trigger"
  | "claim-run"
  | "claim-repository-id"
  | "claim-owner-id"
  | "claim-runner"
  | "publisher-claim"
  | "expect-source"
  | "expect-ref"
  | "expect-commit"
  | "expect-workflow"
  | "expect-builder"
  | "expect-identity"
  | "expect-issuer"
  | "expect-repository-id"
  | "expect-owner-id"
  | "expect-trigger"
  | "expect-runner"

const REFETCH = "fetch the evidence again from its publisher; if it still fails, report it to them"
const RESIGN = "ask the publisher to sign again with a current Sigstore client"
const FORGED = "do not use the file; tell its publisher, this does not happen by accident"

/**
 * Every check, by id. An id is API: it is what `--format json` prints, what `wheelproof explain` takes, and what
 * docs/checks.md has a section for.
 */
export const CHECKS: Readonly<Record<CheckId, CheckText>> = {
  "evidence-present": {
    step: "evidence",
    holds: "there is evidence that names this artifact",
    why: "without an attestation nothing is known of where the file came from",
    next: "name the file that holds the attestation with --provenance, or ask the publisher for one",
  },
  "evidence-malformed": {
    step: "evidence",
    holds: "the evidence has the form it claims",
    why: "bytes that two programs read differently can show one statement to the verifier and another to the user",
    next: REFETCH,
  },
  "evidence-scope": {
    step: "evidence",
    holds: "the evidence is about a Python distribution or a plain file",
    why: "container images and npm packages are identified by other rules than file digests",
    next: "use cosign or gh attestation for container images, npm audit signatures for npm packages",
  },
  "publisher-kind": {
    step: "evidence",
    holds: "the publisher that the index names is of a kind that can be checked",
    why: "an index may name any publisher; a kind without a rule proves nothing",
    next: "verify with the index's published key (--key), or ask for an attestation of a known publisher kind",
  },
  timestamp: {
    step: "time",
    holds: "each timestamp is a valid RFC 3161 token over this signature, from a trusted authority",
    why: "a forged time would let a stolen, long expired certificate sign today",
    next: REFETCH,
  },
  "time-present": {
    step: "time",
    holds: "somebody other than the signer vouches for the time of signing",
    why: "a signing certificate lives ten minutes; without a proved time it says nothing",
    next: RESIGN,
  },
  "certificate-chain": {
    step: "certificate",
    holds:
      "the certificate chains to an authority of the trust root that was in service at that time",
    why: "anybody can make a certificate that names somebody else's repository",
    next: "if the file was signed by another Sigstore instance, name its trust root with --trusted-root",
  },
  "certificate-time": {
    step: "certificate",
    holds: "the certificate was valid at every proved time",
    why: "after its ten minutes the key is meant to be gone; a later signature is not the signer's",
    next: RESIGN,
  },
  "certificate-usage": {
    step: "certificate",
    holds: "the certificate is for code signing and digital signatures",
    why: "a certificate issued for something else, such as a web server, was not issued to sign packages",
    next: FORGED,
  },
  "certificate-not-ca": {
    step: "certificate",
    holds: "the signing certificate is not an authority itself",
    why: "an authority that signs packages could name any identity it likes",
    next: FORGED,
  },
  "certificate-extensions": {
    step: "certificate",
    holds: "every critical extension of the certificate is known",
    why: "critical means: do not use this certificate unless you understand this restriction (RFC 5280 §4.2)",
    next: "update wheelproof; if it still fails, ask the publisher which authority issued the certificate",
  },
  "certificate-transparency": {
    step: "certificate",
    holds: "the certificate was published in a trusted transparency log when it was issued",
    why: "a mis-issued certificate that no log shows could never be noticed by its victim",
    next: "certificates from before August 2022 carry no such proof and cannot be verified; ask for a new release",
  },
  "certificate-identity": {
    step: "certificate",
    holds: "the certificate names one identity, well-formed, and old and new extensions agree",
    why: "with two names, or one that readers cut off differently, each would compare another",
    next: FORGED,
  },
  "log-entry-present": {
    step: "log",
    holds: "the evidence carries a transparency log entry where its Sigstore instance has a log",
    why: "an unlogged signature can be made and used without the identity's owner ever seeing it",
    next: "run `wheelproof seal` on the file while online to add the entry, or sign again",
  },
  "log-entry-missing": {
    step: "log",
    holds: "the log knows this envelope",
    why: "an envelope that was never logged cannot be told from one forged later",
    next: "check that the file is the one that was published; the log was reached and does not have it",
  },
  "log-entry-ambiguous": {
    step: "log",
    holds: "the log has one entry for this envelope",
    why: "entries with different times or certificates give different answers; choosing one would be guessing",
    next: "ask the publisher for a bundle that carries its own log entry",
  },
  "log-known": {
    step: "log",
    holds: "the entry is from a log of the trust root, by a key that was in service at that time",
    why: "a log of the attacker's own proves whatever he wants",
    next: "if the file was signed by another Sigstore instance, name its trust root with --trusted-root",
  },
  "log-entry-body": {
    step: "log",
    holds: "the logged entry is about this very signature, payload and certificate",
    why: "a genuine entry of somebody else's signature could be attached to a forged one",
    next: FORGED,
  },
  "log-promise": {
    step: "log",
    holds: "the log's signed entry timestamp is valid and covers this entry, index and time",
    why: "it is what proves the time of signing for the first generation of logs",
    next: REFETCH,
  },
  "log-inclusion": {
    step: "log",
    holds: "the inclusion proof leads from this entry to the tree's root hash",
    why: "without it the log may have promised the entry and never shown it to anybody",
    next: REFETCH,
  },
  "log-checkpoint": {
    step: "log",
    holds: "the log itself signed the tree's root hash and size",
    why: "a root hash that nobody signed is the attacker's own tree",
    next: REFETCH,
  },
  "key-known": {
    step: "signature",
    holds: "the evidence is signed by a certificate, or by a key that was given",
    why: "without knowing whose key it is, a valid signature only says that somebody signed",
    next: "name the publisher's public key with --key",
  },
  "payload-type": {
    step: "signature",
    holds: "the signed payload is an in-toto statement",
    why: "the same bytes signed for another purpose must not pass as provenance",
    next: REFETCH,
  },
  signature: {
    step: "signature",
    holds: "the signature is valid over exactly these bytes",
    why: "the statement was changed after signing, or signed by another key",
    next: "do not use the file; fetch file and evidence again from their publisher and compare",
  },
  "message-digest": {
    step: "signature",
    holds: "the digest that the bundle names is the file's",
    why: "the bundle was made for another file",
    next: "check that file and bundle belong together",
  },
  statement: {
    step: "subject",
    holds: "the payload is an in-toto statement of a known version",
    why: "an unknown version may give the same words another meaning",
    next: REFETCH,
  },
  "subject-digest": {
    step: "subject",
    holds: "the file's digest is among the statement's subjects",
    why: "the evidence is for another file, or the file was changed after it was attested",
    next: "download the file again; if its digest stays the same, it is not the one that was attested",
  },
  "subject-conflict": {
    step: "subject",
    holds: "everything the statement says of this file's digests agrees with the file",
    why: "a subject that names two contents for one file lets each verifier pick the one it likes",
    next: FORGED,
  },
  "subject-name": {
    step: "subject",
    holds: "the subject's name is the same distribution as the file's name",
    why: "the same bytes under another project's name would be installed as that project",
    next: "give the file its published name, or name it with --name",
  },
  "subject-count": {
    step: "subject",
    holds: "a PEP 740 attestation has exactly one subject",
    why: "PyPI takes no other, so one with more was never on PyPI",
    next: REFETCH,
  },
  "predicate-type": {
    step: "subject",
    holds: "the statement is about provenance, or of the type that --predicate names",
    why: "a signed list of components or a test result does not say where a file came from",
    next: "name the predicate type with --predicate if this is the statement you mean",
  },
  predicate: {
    step: "claim",
    holds: "the predicate has the shape that its type prescribes",
    why: "what cannot be read cannot be compared",
    next: REFETCH,
  },
  "claim-builder": {
    step: "claim",
    holds: "the builder in the statement is the workflow that the certificate was issued to",
    why: "anybody's workflow can write a trusted builder's name into a statement",
    next: FORGED,
  },
  "claim-repository": {
    step: "claim",
    holds: "the source repository in the statement is the one in the certificate",
    why: "a workflow of one repository could claim to have built another's source",
    next: FORGED,
  },
  "claim-ref": {
    step: "claim",
    holds: "the source ref in the statement is the one in the certificate",
    why: "a build of any branch could claim to be the release tag",
    next: FORGED,
  },
  "claim-commit": {
    step: "claim",
    holds: "the source commit in the statement is the one in the certificate",
    why: "reviewed code could be named while other code was built",
    next: FORGED,
  },
  "claim-workflow": {
    step: "claim",
    holds: "the workflow path in the statement is the one in the certificate",
    why: "a test workflow could claim to be the release workflow",
    next: FORGED,
  },
  "claim-trigger": {
    step: "claim",
    holds: "the trigger in the statement is the one in the certificate",
    why: "a run started by a stranger's pull request could claim to be a release",
    next: FORGED,
  },
  "claim-run": {
    step: "claim",
    holds: "the run in the statement is the one in the certificate",
    why: "the statement would point an investigator to somebody else's build log",
    next: FORGED,
  },
  "claim-repository-id": {
    step: "claim",
    holds: "the repository's numeric id in the statement is the one in the certificate",
    why: "the id is what tells a repository from a later one of the same name",
    next: FORGED,
  },
  "claim-owner-id": {
    step: "claim",
    holds: "the owner's numeric id in the statement is the one in the certificate",
    why: "the id is what tells an account from a later one of the same name",
    next: FORGED,
  },
  "claim-runner": {
    step: "claim",
    holds: "the kind of runner in the statement is the one in the certificate",
    why: "a self-hosted machine could claim to be a fresh hosted one",
    next: FORGED,
  },
  "publisher-claim": {
    step: "claim",
    holds: "the publisher that the index names is the one in the certificate",
    why: "the index's word is signed by nobody; the certificate decides, and here they disagree",
    next: "do not trust this index's publisher data; ask it or the publisher why",
  },
  "expect-source": {
    step: "expectation",
    holds: "the source repository is the one expected with --source",
    why: "a genuine build of another repository, such as a fork, is not the one you asked for",
    next: "compare the two names; a fork or a renamed repository has another",
  },
  "expect-ref": {
    step: "expectation",
    holds: "the source ref is the one expected with --source-ref or --source-tag",
    why: "a build of a branch or of another tag is not the release you asked for",
    next: "compare the two refs; a release built by workflow_dispatch on a branch cannot prove a tag",
  },
  "expect-commit": {
    step: "expectation",
    holds: "the source commit is the one expected with --source-commit",
    why: "tags can be moved, commits cannot",
    next: "compare the commit with the one you reviewed",
  },
  "expect-workflow": {
    step: "expectation",
    holds: "the workflow is the one expected with --workflow",
    why: "every workflow of a repository can sign; only the release workflow is meant to",
    next: "compare the two workflow names",
  },
  "expect-builder": {
    step: "expectation",
    holds: "the builder is the one expected with --builder",
    why: "the builder is who vouches for the statement's content",
    next: "compare the two builders; without @ref every ref of the builder is accepted",
  },
  "expect-identity": {
    step: "expectation",
    holds: "the certificate's identity is the one expected with --identity",
    why: "anybody can sign with an identity of their own",
    next: "compare the two identities; the whole text counts, the ref after @ too",
  },
  "expect-issuer": {
    step: "expectation",
    holds: "the identity's issuer is the one expected with --issuer",
    why: "the same name at another identity provider is somebody else",
    next: "compare the two issuers",
  },
  "expect-repository-id": {
    step: "expectation",
    holds: "the repository's numeric id is the one expected with --repository-id",
    why: "a deleted repository's name can be registered again by anybody; its id cannot",
    next: "do not use the file until you know why the id changed",
  },
  "expect-owner-id": {
    step: "expectation",
    holds: "the owner's numeric id is the one expected with --owner-id",
    why: "a deleted account's name can be registered again by anybody; its id cannot",
    next: "do not use the file until you know why the id changed",
  },
  "expect-trigger": {
    step: "expectation",
    holds: "the trigger is the one expected with --trigger",
    why: "some events let outsiders choose what is built",
    next: "compare the two events",
  },
  "expect-runner": {
    step: "expectation",
    holds: "the build ran on a hosted runner (--deny-self-hosted-runners)",
    why: "a self-hosted machine may keep what an earlier build left on it",
    next: "leave the option away if this publisher's own machines are acceptable to you",
  },
}
