/** The words around one kind of problem. */
export interface ProblemText {
  /** Who refuses such a file: PyPI's upload alone, or installers and careful readers as well. */
  readonly refusedBy: "pypi" | "everybody"
  /** What a file must be so that the problem does not arise; completes "a distribution …". */
  readonly rule: string
  readonly why: string
  readonly next: string
}

/** The code of a problem. */
export type ProblemCode =
  | "file-name"
  | "file-name-form"
  | "platform-tag"
  | "zip-framing"
  | "zip-data-descriptor"
  | "zip-comment"
  | "zip-headers-differ"
  | "zip-compression"
  | "gzip-framing"
  | "tar-framing"
  | "tar-sparse"
  | "two-formats"
  | "archive-size"
  | "member-name"
  | "member-path"
  | "member-kind"
  | "member-duplicate"
  | "member-content"
  | "dist-info"
  | "wheel-file"
  | "wheel-tags"
  | "record"
  | "record-missing"
  | "record-surplus"
  | "record-mismatch"
  | "entry-points"
  | "license-file"
  | "metadata"
  | "metadata-differs"
  | "metadata-field"
  | "sdist-folder"
  | "set-missing"
  | "set-unexpected"
  | "set-duplicate"
  | "set-mixed"

const REBUILD =
  "build it again with an up-to-date build backend; report it to the backend if it stays"

/**
 * Every problem that a wheel or sdist can have. A code is API: it is what `--format json` prints and what `wheelproof explain` takes.
 * docs/distributions.md is made from this table.
 */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemText>> = {
  "file-name": {
    refusedBy: "everybody",
    rule: "has a file name that says what it is: PEP 427 for wheels, PEP 625 for sdists",
    why: "installers decide by the name alone which file they take",
    next: REBUILD,
  },
  "file-name-form": {
    refusedBy: "pypi",
    rule: "has its name in the normal form: lower case, runs of -, _ and . as one _, and for an sdist the normal version and .tar.gz",
    why: "PyPI takes one spelling of each name, so that no two files can be taken for each other",
    next: REBUILD,
  },
  "platform-tag": {
    refusedBy: "pypi",
    rule: "is for platforms that PyPI knows",
    why: "a plain linux_x86_64 says nothing of the system libraries that the wheel needs, so it breaks on other machines",
    next: "build with cibuildwheel, or repair the wheel with auditwheel; --private if it is for an index of your own",
  },
  "zip-framing": {
    refusedBy: "everybody",
    rule: "is one zip archive from its first byte to its last, with nothing before, between or behind its members",
    why: "readers that stream and readers that use the directory would see different files",
    next: REBUILD,
  },
  "zip-data-descriptor": {
    refusedBy: "pypi",
    rule: "has sizes and checksums in front of each member's data, not behind it",
    why: "a reader that streams cannot know where such data ends, so PyPI refuses archives that were written as a stream",
    next: "write the archive to a file that can be seeked in, or use another build backend",
  },
  "zip-comment": {
    refusedBy: "everybody",
    rule: "has no comments in its zip records",
    why: "a comment can hold a second archive that some readers find first",
    next: REBUILD,
  },
  "zip-headers-differ": {
    refusedBy: "everybody",
    rule: "says the same of each member in the member's own header and in the directory",
    why: "readers that stream and readers that use the directory would see different files",
    next: REBUILD,
  },
  "zip-compression": {
    refusedBy: "everybody",
    rule: "stores or deflates its members, without encryption",
    why: "installers cannot read any other compression",
    next: REBUILD,
  },
  "gzip-framing": {
    refusedBy: "everybody",
    rule: "is one gzip member with its right checksum, and nothing behind it",
    why: "some readers go on with what follows and some do not",
    next: REBUILD,
  },
  "tar-framing": {
    refusedBy: "everybody",
    rule: "is one tar archive with right checksums, and nothing but zeros behind its end",
    why: "readers would see different files",
    next: REBUILD,
  },
  "tar-sparse": {
    refusedBy: "everybody",
    rule: "has no sparse members",
    why: "readers differ in what they make of them, and PyPI refuses them",
    next: REBUILD,
  },
  "two-formats": {
    refusedBy: "everybody",
    rule: "can be read as one kind of archive only",
    why: "PyPI and installers would look at different contents",
    next: REBUILD,
  },
  "archive-size": {
    refusedBy: "everybody",
    rule: "expands to 64 MiB at most, or to 50 times its own size, and has 200,000 members at most",
    why: "anything else is how archives are built that fill the disk of whoever opens them",
    next: "leave out what compresses that well, or ship it in a package of its own",
  },
  "member-name": {
    refusedBy: "everybody",
    rule: "has member names in UTF-8, marked as such, and each once",
    why: "readers would see different names",
    next: REBUILD,
  },
  "member-path": {
    refusedBy: "everybody",
    rule: "has relative paths with plain steps only",
    why: "any other path writes outside the folder that the archive is unpacked in",
    next: "find out who made the archive before you open it with anything else",
  },
  "member-kind": {
    refusedBy: "everybody",
    rule: "holds files and folders; an sdist may hold links to its own files too",
    why: "devices, pipes and links to elsewhere do something when they are unpacked, and wheels have no links at all",
    next: "leave the member out of the distribution",
  },
  "member-duplicate": {
    refusedBy: "everybody",
    rule: "has each path once, and no path that is a file and a folder at once",
    why: "which of the two is installed depends on the reader",
    next: "look for a file that two rules of the build configuration include",
  },
  "member-content": {
    refusedBy: "everybody",
    rule: "has members whose data is whole and matches their checksums",
    why: "the file is damaged, or hides data",
    next: "build or fetch it again",
  },
  "dist-info": {
    refusedBy: "everybody",
    rule: "has exactly one .dist-info folder, named after the file, with METADATA, WHEEL and RECORD",
    why: "installers and PyPI look for it by that name, and refuse a second one",
    next: REBUILD,
  },
  "wheel-file": {
    refusedBy: "everybody",
    rule: "has a WHEEL file of wheel version 1.x",
    why: "installers refuse to guess what the archive holds",
    next: REBUILD,
  },
  "wheel-tags": {
    refusedBy: "everybody",
    rule: "names the same tags and build number in its WHEEL file and in its file name",
    why: "the file was renamed: it would be installed where it was not built for",
    next: "rename wheels with `wheel tags` or `auditwheel repair`, which change both",
  },
  record: {
    refusedBy: "everybody",
    rule: "has a RECORD that is CSV with three values a line and each path once",
    why: "it is the list that an installation is checked and removed by",
    next: REBUILD,
  },
  "record-missing": {
    refusedBy: "everybody",
    rule: "lists each of its files in RECORD, with a SHA-2 hash and a size",
    why: "a file that is not listed is installed, and nobody notices when it changes or removes it again",
    next: "the archive was changed after it was built: build it again, or write RECORD anew with `wheel pack`",
  },
  "record-surplus": {
    refusedBy: "everybody",
    rule: "lists only files that it has in RECORD",
    why: "something was taken out of the archive after it was built",
    next: "build it again, or write RECORD anew with `wheel pack`",
  },
  "record-mismatch": {
    refusedBy: "everybody",
    rule: "has the files that RECORD lists: same hash, same size",
    why: "the archive was changed after it was built",
    next: "build it again; if you did not change it yourself, find out who did",
  },
  "entry-points": {
    refusedBy: "pypi",
    rule: "has an entry_points.txt that is UTF-8 and INI, with script names of letters, digits, _, . and -",
    why: "a script's name becomes a file name in the environment's bin folder",
    next: "correct the names under [project.scripts] and [project.gui-scripts]",
  },
  "license-file": {
    refusedBy: "pypi",
    rule: "holds each file that its metadata names as License-File",
    why: "PyPI refuses metadata that names what is not there (PEP 639)",
    next: "correct license-files in pyproject.toml, or include the files",
  },
  metadata: {
    refusedBy: "everybody",
    rule: "has core metadata that can be read: fields in UTF-8, Metadata-Version, Name and Version once",
    why: "readers would see different metadata",
    next: REBUILD,
  },
  "metadata-differs": {
    refusedBy: "everybody",
    rule: "has the same name and version in its metadata and in its file name",
    why: "it would be installed as something else than it is",
    next: "rename nothing after the build; build it again",
  },
  "metadata-field": {
    refusedBy: "pypi",
    rule: "has metadata that PyPI's upload takes",
    why: "the upload would fail, possibly after other files of the release are out",
    next: "correct the field in pyproject.toml",
  },
  "sdist-folder": {
    refusedBy: "everybody",
    rule: "has everything in one folder, which is named like the file, and PKG-INFO in it",
    why: "build frontends and PyPI look for it there (PEP 625, PEP 643)",
    next: REBUILD,
  },
  "set-missing": {
    refusedBy: "everybody",
    rule: "comes with every other file that the project declares for a release",
    why: "users of a missing wheel build from source, or get an older version, and nobody notices before they complain",
    next: "build it, or take it out of the declaration in pyproject.toml or wheelproof.toml; --partial for one job of a matrix",
  },
  "set-unexpected": {
    refusedBy: "everybody",
    rule: "is one that the project declares for a release",
    why: "a file that nobody planned may be left from another build, or come from somebody else",
    next: "remove it, or declare it in pyproject.toml or wheelproof.toml",
  },
  "set-duplicate": {
    refusedBy: "everybody",
    rule: "is the only one for its interpreter, ABI and platform",
    why: "which of two wheels is installed depends on the installer",
    next: "remove one of the two, or declare both with their exact platform tags",
  },
  "set-mixed": {
    refusedBy: "everybody",
    rule: "is of the same project and version as every other file of the release",
    why: "a file that is left from another build would be published with this one",
    next: "build into an empty folder",
  },
}
