#!/usr/bin/env node
// Nothing is imported statically: an old Node must get as far as the sentence that says it is too old.

/** Whether this Node can run wheelproof: the `engines` of package.json. Bun brings its own runtime. */
function isSupported(versions: NodeJS.ProcessVersions): boolean {
  if (versions["bun"] !== undefined) return true
  const [major = 0, minor = 0] = versions.node.split(".").map(Number)
  return major >= 26 || (major === 24 && minor >= 15)
}

function stop(exit: number): never {
  process.exit(exit)
}

if (isSupported(process.versions)) {
  import("./start.ts")
    .then(({ start }) => start(process.argv.slice(2), stop))
    .catch((error: unknown) => {
      // An unhandled rejection would end in 1, which means "rejected".
      process.stderr.write(`error: wheelproof could not start: ${String(error)}\n`)
      stop(3)
    })
} else {
  process.stderr.write(
    `error: wheelproof needs Node.js 24.15 or later in 24, or 26 or later, and this is ${process.versions.node}; update Node.js, or use the standalone wheelproof binary, which needs none\n`,
  )
  process.exitCode = 2
}
