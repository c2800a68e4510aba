import { devNull } from "node:os"
import path from "node:path"

import { WheelproofError } from "../../core/errors.ts"
import { type CommandEnd, lastWords, type RunCommand } from "../../io/command.ts"

/** What is rehearsed: a commit, checked out in a folder of the rehearsal's own. */
export interface Source {
  /** The repository's root in the rehearsal's folder. */
  readonly root: string
  /** `owner/name` at GitHub. */
  readonly repository: string
  /** Lower-case hex. */
  readonly commit: string
  /** The tag of the commit, if it has one. */
  readonly tag?: string
  /** Whether the repository and its commit are the user's own, or were made for the rehearsal. */
  readonly isOwn: boolean
  /** Sentences that a reader must know. */
  readonly notes: readonly string[]
}

/** Where a project is: the repository's root and the project's folder within it. */
export interface ClonedProject extends Source {
  readonly project: string
}

/** What git is run with. */
export interface GitEffects {
  readonly run: RunCommand
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** The owner that projects get which have none at GitHub. */
const OWNER = "example-org"

const GIT_TIMEOUT_MS = 120_000

/** Who commits what had no commit, and when: the same files make the same commit. */
const COMMITTER: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: "wheelproof rehearsal",
  GIT_AUTHOR_EMAIL: "rehearsal@wheelproof.invalid",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "wheelproof rehearsal",
  GIT_COMMITTER_EMAIL: "rehearsal@wheelproof.invalid",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
}

/**
 * Clones the repository that a project's folder is in, at its commit: what is not committed is not released either. Undefined where the
 * folder is in no repository, or the repository has no commit or does not know the folder.
 */
export async function cloneProject(
  folder: string,
  root: string,
  effects: GitEffects,
): Promise<ClonedProject | undefined> {
  const git = gitIn(folder, effects)
  const top = await git.maybe("rev-parse", "--show-toplevel")
  const commit = await git.maybe("rev-parse", "--verify", "HEAD^{commit}")
  if (top === undefined || commit === undefined) return undefined
  const prefix = (await git.maybe("rev-parse", "--show-prefix")) ?? ""
  if ((await git.maybe("ls-tree", "--name-only", "HEAD", "./")) === "") return undefined
  await git.must("clone", "--quiet", "--no-checkout", top, root)
  await gitIn(root, effects).must("checkout", "--quiet", "--detach", commit)
  const changes = await git.maybe("status", "--porcelain", "--", ".")
  const tags = (await git.maybe("tag", "--points-at", "HEAD")) ?? ""
  const tag = tags.split("\n").find((name) => name !== "")
  return {
    root,
    project: path.join(root, prefix),
    repository: repositoryOf(await git.maybe("remote", "get-url", "origin"), folder),
    commit,
    isOwn: true,
    notes:
      changes === undefined || changes === ""
        ? []
        : [`${folder} has changes that are not committed; the rehearsal is of commit ${commit}`],
    ...(tag === undefined ? {} : { tag }),
  }
}

/** Commits everything in a folder of the rehearsal's own, for projects that have no commit. */
export async function commitFolder(
  root: string,
  name: string,
  { run, environment, signal }: GitEffects,
): Promise<Source> {
  // Nobody's settings: no signing, no hooks, no templates.
  const neutral = {
    ...environment,
    ...COMMITTER,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
  }
  const git = gitIn(root, { run, environment: neutral, signal })
  await git.must("init", "--quiet", "--initial-branch=main", "--template=")
  await git.must("add", "--all")
  await git.must("commit", "--quiet", "--message", "The state of the rehearsal")
  const commit = await git.must("rev-parse", "HEAD")
  return { root, repository: `${OWNER}/${name}`, commit, isOwn: false, notes: [] }
}

/** `owner/name` of a remote at GitHub; a name of the rehearsal's own for every other. */
function repositoryOf(remote: string | undefined, folder: string): string {
  const [, owner, name] =
    /^(?:https:\/\/(?:[^@/]*@)?|git@|ssh:\/\/git@)github\.com[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(
      remote ?? "",
    ) ?? []
  if (owner !== undefined && name !== undefined) return `${owner}/${name}`
  return `${OWNER}/${slug(path.basename(path.resolve(folder)))}`
}

/** A name as GitHub and file systems take it. */
export function slug(name: string): string {
  const kept = name.replaceAll(/[^\w.-]+/g, "-").replaceAll(/^[-.]+|[-.]+$/g, "")
  return kept === "" ? "project" : kept
}

interface Git {
  /** The output, without the line's end. Throws `ERR_COMMAND`. */
  must(...args: readonly string[]): Promise<string>
  /** The output; undefined where git says no. */
  maybe(...args: readonly string[]): Promise<string | undefined>
}

function gitIn(folder: string, { run, environment, signal }: GitEffects): Git {
  const git = async (args: readonly string[]): Promise<CommandEnd> =>
    run({
      command: ["git", ...args],
      folder,
      environment: { ...environment, GIT_TERMINAL_PROMPT: "0" },
      timeoutMs: GIT_TIMEOUT_MS,
      signal,
    })
  return {
    async must(...args) {
      const end = await git(args)
      if (end.status === 0) return end.stdout.trimEnd()
      throw new WheelproofError("ERR_COMMAND", `git ${args[0] ?? ""} failed: ${lastWords(end)}`)
    },
    async maybe(...args) {
      const { status, stdout } = await git(args)
      return status === 0 ? stdout.trimEnd() : undefined
    },
  }
}
