import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"

import { parseCertificate } from "../../src/core/certificate.ts"
import { parseIdentity } from "../../src/core/fulcio.ts"
import { parseEvidenceDocument } from "../../src/formats/evidence-document.ts"
import { writeBundle } from "../../src/formats/write-bundle.ts"
import { loadEmbeddedRoot } from "../../src/sigstore/trust/embedded.ts"
import type { Bench, Group } from "../harness/bench.ts"
import { peer } from "../harness/peers.ts"
import { measureProcesses, type Program, processRow } from "../harness/processes.ts"
import type { Goal, Row } from "../harness/row.ts"

const NAME = "pypi_attestations-0.0.19.tar.gz"
const EVIDENCE = path.resolve("examples", "evidence", `${NAME}.provenance`)
/** The distribution itself; without it its digest is verified, and peers that want the file are left out. */
const DISTRIBUTION = path.resolve("..", "shared", "data", "pypi", "pypi-attestations", NAME)
const PUBLISH = "https://docs.pypi.org/attestations/publish/v1"
const ISSUER = "https://token.actions.githubusercontent.com"

/** One real file and its real attestation, offline, as a process from its start to its end. */
export const cold: Group = async (bench) => {
  const programs = programsFor(bench, await layOut(bench.folder))
  const usages = measureProcesses(programs, { rounds: bench.rounds, cwd: bench.folder })
  const row = (ours: string, against: string, goal: Goal): Row =>
    processRow(
      { what: `verify FILE --offline, cold (${ours})`, against, goal },
      [usages.get(ours), usages.get(against)],
      bench.rounds,
    )
  return [
    row("binary", "node -e 0", { atMost: 0.75 }),
    row("binary", "cosign", { atMost: 0.45 }),
    row("binary", "pypi-attestations", { atMost: 0.05 }),
    row("binary", "sigstore-python", { atMost: 0.05 }),
    row("node", "node -e 0", { atMost: 2 }),
    row("node with NODE_COMPILE_CACHE", "node -e 0", { atMost: 2 }),
  ]
}

function programsFor(
  { folder, node, binary }: Bench,
  { what, signer, bundle, root }: Layout,
): readonly Program[] {
  const line = ["verify", ...what, "--offline"]
  const absent = { absent: `${NAME} is not there` }
  const forFile = (command: Program["command"]): Program["command"] =>
    existsSync(DISTRIBUTION) ? command : absent
  const names = ["--certificate-identity", signer, "--certificate-oidc-issuer", ISSUER]
  const cosign = ["--bundle", bundle, "--trusted-root", root, ...names, "--type", PUBLISH, NAME]
  const certificate = ["--cert-identity", signer, "--cert-oidc-issuer", ISSUER]
  const python = ["--offline", "--bundle", bundle, ...certificate, NAME]
  const cache = `NODE_COMPILE_CACHE=${path.join(folder, "compiled")}`
  return [
    { name: "node -e 0", command: [process.execPath, "-e", "0"] },
    { name: "binary", command: [...binary, ...line] },
    { name: "node", command: [...node, ...line] },
    { name: "node with NODE_COMPILE_CACHE", command: ["/usr/bin/env", cache, ...node, ...line] },
    { name: "cosign", command: forFile(peer("cosign", "verify-blob-attestation", ...cosign)) },
    {
      name: "pypi-attestations",
      command: forFile(
        peer("pypi-attestations", "verify", "attestation", "--offline", "--identity", signer, NAME),
      ),
    },
    {
      name: "sigstore-python",
      command: forFile(peer("sigstore-python", "verify", "identity", ...python)),
    },
  ]
}

/** Where each program finds the same attestation. */
interface Layout {
  /** What `verify` is given: the file, or its digest with the evidence. */
  readonly what: readonly string[]
  /** Who signed. */
  readonly signer: string
  readonly bundle: string
  readonly root: string
}

/** Lays out file, attestation, bundle and trusted root; the one attestation in every form that somebody reads. */
async function layOut(folder: string): Promise<Layout> {
  const provenance = JSON.parse(readFileSync(EVIDENCE, "utf8"))
  const text = JSON.stringify(provenance.attestation_bundles[0].attestations[0])
  const [parsed] = parseEvidenceDocument(Buffer.from(text), NAME)
  if (parsed?.kind !== "evidence") throw new Error(`${EVIDENCE} could not be read`)
  const { evidence } = parsed
  if (evidence.material.kind !== "certificate" || evidence.content.kind !== "dsse") {
    throw new Error(`${EVIDENCE} is not what it was`)
  }
  const sidecar = `${NAME}.publish.attestation`
  const [bundle, root] = ["bundle.sigstore.json", "trusted_root.json"]
  writeFileSync(path.join(folder, sidecar), text)
  writeFileSync(path.join(folder, bundle), writeBundle(evidence) ?? "")
  writeFileSync(path.join(folder, root), (await loadEmbeddedRoot()).trustedRoot)
  const digest = evidence.content.statement.subjects[0]?.digest.get("sha256") ?? ""
  const isThere = existsSync(DISTRIBUTION)
  if (isThere) copyFileSync(DISTRIBUTION, path.join(folder, NAME))
  return {
    what: isThere ? [NAME] : [`sha256:${digest}`, "--provenance", sidecar, "--name", NAME],
    signer: parseIdentity(parseCertificate(evidence.material.leaf)).san.value,
    bundle,
    root,
  }
}
