import { bytesSource } from "../../../src/formats/archive/byte-source.ts"
import { readZip, zipContent } from "../../../src/formats/archive/zip.ts"

/** What an archive is read as: member names, and each fault with what PyPI calls it. */
export function readBytes(bytes: Uint8Array): {
  readonly names: readonly string[]
  readonly faults: readonly string[]
} {
  const faults: string[] = []
  const members = readZip(bytesSource(bytes), (fault, found, { where = "-", pypi = "-" }) => {
    faults.push(`${fault} ${where}: ${found} (${pypi})`)
  })
  return { names: members.map(({ name }) => name), faults }
}

/** The content of each member, as text. */
export async function contents(bytes: Uint8Array): Promise<readonly string[]> {
  const source = bytesSource(bytes)
  const texts: string[] = []
  for (const member of readZip(source, () => undefined)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of zipContent(source, member)) chunks.push(chunk)
    texts.push(Buffer.concat(chunks).toString())
  }
  return texts
}
