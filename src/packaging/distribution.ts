// temporary
export function isDistributionFilename(name: string): boolean {
  return /\.(whl|tar\.gz|zip)$/.test(name)
}
export function parseDistributionFilename(name: string): string {
  const n = name
    .replace(/\.(whl|tar\.gz|zip)$/, "")
    .toLowerCase()
    .replace(/[-_.]+/g, "-")
  return name.endsWith(".whl") ? n.split("-").sort().join("-") : n
}
export function sameDistribution(a: string, b: string): boolean {
  return a === b
}
