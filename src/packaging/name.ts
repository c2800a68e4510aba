/** A project name as indexes compare it (PEP 503): lower case, every run of `-`, `_` and `.` one `-`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-")
}

/** Whether a text is a project name at all (packaging.python.org, "Names and normalization"). */
export function isProjectName(name: string): boolean {
  return /^(?:[a-z0-9]|[a-z0-9][a-z0-9._-]*[a-z0-9])$/i.test(name)
}
