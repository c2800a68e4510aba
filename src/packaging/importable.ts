/** A module's name ends where its kind begins: `.py`, or an extension's tag and suffix. */
const MODULE = /^([A-Za-z_]\w*)(?:\.py|(?:\.[\w-]+)?\.(?:so|pyd))$/

/**
 * What can be imported of a wheel, by the names of its members: packages with an `__init__` and modules at the top. Private ones only where
 * there is nothing else. Sorted.
 */
export function importableModules(members: readonly string[]): readonly string[] {
  const found = new Set<string>()
  for (const member of members) {
    const [first = "", second, third] = member.split("/")
    const isModule = second === undefined ? moduleName(first) : undefined
    if (isModule !== undefined) found.add(isModule)
    const isPackage = third === undefined && moduleName(second ?? "") === "__init__"
    if (isPackage && /^[A-Za-z_]\w*$/.test(first)) found.add(first)
  }
  const all = [...found].toSorted()
  const open = all.filter((name) => !name.startsWith("_"))
  return open.length > 0 ? open : all
}

function moduleName(file: string): string | undefined {
  return MODULE.exec(file)?.[1]
}
