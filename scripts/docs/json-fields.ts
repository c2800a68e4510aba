/**
 * Every field of `verify --format json`, by path: `[]` for each element. `identity`, `claim.inputs` and digests are open: their
 * members are named in their description. A test compares this list with what the renderer prints.
 */
export const JSON_FIELDS: readonly (readonly [path: string, meaning: string])[] = [
  ["schemaVersion", "1; raised when a field is removed or changes its meaning"],
  ["tool.name, tool.version", "`wheelproof` and its version"],
  ["outcome", "`verified`, `rejected`, `undecided` or `nothing`: the exit code in a word"],
  ["exitCode", "0, 1, 3 or 4"],
  ["counts.verified, counts.rejected, counts.undecided", "results by verdict"],
  ["trust.source", "`file`, `cache`, `refreshed` or `embedded`"],
  ["trust.origin", "a path or the repository's address"],
  ["trust.version", "version of the TUF root, where there is one"],
  ["trust.asOf", "when it was last known to be current (RFC 3339)"],
  ["trust.instances", "names of the Sigstore instances in it"],
  ["trust.notes", "sentences a reader must know"],
  ["notes", "sentences about the whole run"],
  ["results[].target", "as named on the command line, or as a folder or pattern led to it"],
  ["results[].name", "the distribution's file name"],
  ["results[].digests", "the file's digests by algorithm; always `sha256`"],
  ["results[].verdict", "`verified`, `rejected` or `undecided`"],
  ["results[].reasons[].check", "rejected: the check's id"],
  ["results[].reasons[].expected, results[].reasons[].found", "what it wanted and what it got"],
  ["results[].reasons[].origin", "the evidence it is about"],
  [
    "results[].reasons[].holds, results[].reasons[].why, results[].reasons[].next",
    "what must hold, why it matters, what to do; for people",
  ],
  ["results[].error.code", "undecided: the error code"],
  ["results[].error.message, results[].error.hint", "for people"],
  ["results[].proof.digests", "verified: the digests that were proved"],
  ["results[].proof.evidence.form, results[].proof.evidence.origin", "which evidence"],
  ["results[].proof.subject.name, results[].proof.subject.count", "the subject in the statement"],
  ["results[].proof.predicateType", "the statement's predicate type"],
  ["results[].proof.instance", "the Sigstore instance"],
  [
    "results[].proof.identity",
    "from the certificate: `san` (`kind`, `value`), `issuer`, `sourceRepository`, `sourceRef`, `sourceCommit`, `buildSignerUri`, `buildConfigUri`, `runnerEnvironment`, `trigger`, `runUri` and the rest of its extensions",
  ],
  ["results[].proof.key", "SHA-256 of a managed key, where there is no certificate"],
  [
    "results[].proof.claim",
    "what the statement says of the build; only what the certificate says too is proved",
  ],
  ["results[].proof.publisher", "what the index says of the publisher; signed by nobody"],
  [
    "results[].proof.times[].source, results[].proof.times[].time, results[].proof.times[].authority",
    "proved moments (RFC 3339)",
  ],
  [
    "results[].proof.logEntries[].log, results[].proof.logEntries[].logIndex, results[].proof.logEntries[].kind, results[].proof.logEntries[].proof",
    "proved log entries",
  ],
  ["results[].proof.crossChecked", "fields in which statement and certificate agree"],
  [
    "results[].proof.compared[].field, results[].proof.compared[].value",
    "expectations that were given and met",
  ],
  [
    "results[].proof.notCompared[].field, results[].proof.notCompared[].value",
    "what could have been expected and was not",
  ],
  ["results[].proof.notes", "sentences to know before relying on this"],
]

/** Every field of `attest --format json`, likewise. */
export const ATTEST_JSON_FIELDS: readonly (readonly [path: string, meaning: string])[] = [
  ["schemaVersion", "1; raised when a field is removed or changes its meaning"],
  ["tool.name, tool.version", "`wheelproof` and its version"],
  ["build.kind", "`github`, `gitlab`, `circleci`, `person` or `key`"],
  ["build.signer", "the certificate's subject alternative name, or the key"],
  ["build.builder", "the builder that the provenance names"],
  [
    "build.source, build.ref, build.commit, build.run",
    "from the identity token; absent where it does not say",
  ],
  ["level.level, level.reason", "the SLSA build level that it amounts to, and why"],
  ["subjects[].name, subjects[].digests", "what was attested; digests by algorithm"],
  ["subjects[].files[]", "the files that were written about it; empty after a dry run"],
  [
    "subjects[].logEntries[].log, subjects[].logEntries[].logIndex",
    "its entries in transparency logs",
  ],
  ["aggregate.file", "the attestation over all subjects; absent after a dry run"],
  ["aggregate.logEntries[].log, aggregate.logEntries[].logIndex", "its entries"],
  [
    "statements[].name, statements[].statement",
    "after a dry run: what would be signed, and in which file it would be",
  ],
  ["certificates", "how many certificates were issued"],
  ["signatures, resumed", "how many signatures there are, and how many an earlier run had made"],
  ["trust", "as for `verify`; absent where a key signed"],
  ["notes[]", "sentences to know"],
]

/** Every field of `build --format json`, in the same way. */
export const BUILD_JSON_FIELDS: readonly (readonly [path: string, meaning: string])[] = [
  ["schemaVersion", "1; raised when a field is removed or changes its meaning"],
  ["tool.name, tool.version", "`wheelproof` and its version"],
  ["outcome", "`built` or `refused`"],
  ["exitCode", "0 or 1"],
  ["files[].name, files[].size, files[].sha256", "a file that was built"],
  ["files[].problems", "what is wrong with it, each as under `set.problems`"],
  ["files[].tolerated", "what PyPI alone would refuse, with `--private`"],
  ["set.declared", "whether the project declares the files of a release"],
  [
    "set.problems[].code, set.problems[].where, set.problems[].found",
    "a problem: its code ([distributions.md](distributions.md)), the member, field or slot that it is about, and what was found",
  ],
  ["set.problems[].pypi", "the sentence that PyPI's upload answers with, where it is known"],
  ["set.problems[].refusedBy", "`pypi` or `everybody`"],
  ["set.problems[].rule, set.problems[].why, set.problems[].next", "for people"],
  ["reproducibility.same", "with `--check-reproducible`: whether two builds gave the same bytes"],
  [
    "reproducibility.different[].name, reproducibility.different[].differences[].kind, reproducibility.different[].differences[].where, reproducibility.different[].differences[].offset, reproducibility.different[].differences[].found",
    "in what a file differs: the kind ([distributions.md](distributions.md)), the member, the first byte, and what was found",
  ],
  ["source.commit, source.isChanged", "the commit, and whether the tree was not as it"],
  ["source.sourceDateEpoch", "the time that files got, in seconds since 1970"],
  ["frontend, wheelBuilder", "what built: PyPA's build and its Python; `build` or `cibuildwheel`"],
  ["output", "the folder that has the files; absent where they were refused"],
  ["notes", "sentences about the whole run"],
]
