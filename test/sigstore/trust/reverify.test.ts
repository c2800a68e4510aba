import { afterEach, beforeEach, describe, expect, test } from "vitest"

import { reverify } from "../../../src/sigstore/trust/reverify.ts"
import { createTufRepository, type TufRepository } from "../../support/tuf-repository.ts"

type Cached = Parameters<typeof reverify>[1]

const NOW = Date.UTC(2026, 5, 1, 12)
const ONE = '{"published":1}'
const TWO = '{"published":2}'

/** What a refresh would have brought: the files of these versions. */
function fetched(
  { files }: TufRepository,
  { roots = [], version = 1 }: { roots?: readonly number[]; version?: number } = {},
): Cached {
  const read = (name: string): Buffer => {
    const bytes = files.get(name)
    if (bytes === undefined) throw new Error(`no ${name}`)
    return bytes
  }
  return {
    refreshedAt: NOW,
    roots: roots.map((root) => read(`/${root}.root.json`)),
    timestamp: read("/timestamp.json"),
    snapshot: read(`/${version}.snapshot.json`),
    targets: read(`/${version}.targets.json`),
    trustedRoot: Buffer.from(version === 1 ? ONE : TWO),
    signingConfigs: new Map(),
  }
}

const repositories: TufRepository[] = []
async function create(hashes = true): Promise<TufRepository> {
  const repository = await createTufRepository(ONE, NOW, hashes)
  repositories.push(repository)
  return repository
}
afterEach(async () => {
  await Promise.all(repositories.splice(0).map(({ close }) => close()))
})

const rootOf = (repository: TufRepository): Uint8Array => repository.embedded(NOW).root

describe.each([
  ["with hashes", true],
  ["without hashes", false],
])("metadata %s", (_name, hashes) => {
  let repository: TufRepository
  beforeEach(async () => {
    repository = await create(hashes)
  })

  test("verify from the embedded root", () => {
    expect(reverify(rootOf(repository), fetched(repository))).toEqual({
      rootVersion: 1,
      timestampExpires: NOW + 7 * 86_400_000,
    })
  })

  test("verify through every root since", () => {
    repository.rotate()
    repository.rotate({ roles: ["targets"] })
    const cached = fetched(repository, { roots: [2, 3], version: 3 })
    const root = rootOf(repository)
    expect(reverify(root, { ...cached, trustedRoot: Buffer.from(ONE) }).rootVersion).toBe(3)
  })

  test("that have expired are old, not forged", () => {
    for (const role of ["timestamp", "snapshot", "targets"] as const) repository.expire(role, 0)
    const cached = { ...fetched(repository, { version: 4 }), trustedRoot: Buffer.from(ONE) }
    expect(reverify(rootOf(repository), cached).timestampExpires).toBe(0)
  })

  test.each(["timestamp", "snapshot", "targets"] as const)(
    "of which the %s is a stranger's",
    async (role) => {
      const stranger = await create(hashes)
      const cached = { ...fetched(repository), [role]: fetched(stranger)[role] }
      expect(() => reverify(rootOf(repository), cached)).toThrow(/signed by 0\/1 keys|hash|length/)
    },
  )

  test.each(["snapshot", "targets"] as const)("of which the %s is older", (role) => {
    repository.publish(TWO)
    const old = fetched(repository)
    const cached = { ...fetched(repository, { version: 2 }), [role]: old[role] }
    expect(() => reverify(rootOf(repository), cached)).toThrow(
      hashes ? /hash|length/ : `${role} has version 1, not 2`,
    )
  })

  test.each(["timestamp", "snapshot", "targets"] as const)("without %s", (role) => {
    for (const text of ["", "[]", "null", "{}", '{"signed":{},"signatures":[]}']) {
      const cached = { ...fetched(repository), [role]: Buffer.from(text) }
      expect(() => reverify(rootOf(repository), cached)).toThrow(Error)
    }
  })
})

describe("roots", () => {
  let repository: TufRepository
  beforeEach(async () => {
    repository = await create()
    repository.rotate()
    repository.rotate()
  })

  test.each([[[3]], [[3, 2]], [[2, 2, 3]], [[2, 3, 3]], [[1, 2, 3]], [[2]]])(
    "%j are not the chain",
    (roots) => {
      const cached = {
        ...fetched(repository, { roots, version: 3 }),
        trustedRoot: Buffer.from(ONE),
      }
      expect(() => reverify(rootOf(repository), cached)).toThrow(/signed by 0\/1|version/)
    },
  )

  test.each(["old", "new"] as const)("one with the %s key's signature alone", (signedBy) => {
    repository.rotate({ roles: ["root"], signedBy })
    const cached = fetched(repository, { roots: [2, 3, 4], version: 4 })
    expect(() => reverify(rootOf(repository), cached)).toThrow("root was signed by 0/1 keys")
  })

  test("that of another role is none", () => {
    const cached = fetched(repository, { roots: [2, 3], version: 3 })
    const roots = [...cached.roots, cached.targets]
    expect(() => reverify(rootOf(repository), { ...cached, roots })).toThrow("expected 'root'")
  })
})

describe("the trusted root", () => {
  test.each(["", "{}", '{"published":9}', `${ONE} `])(
    "%j is not the one of the targets",
    async (text) => {
      const repository = await create()
      const cached = { ...fetched(repository), trustedRoot: Buffer.from(text) }
      expect(() => reverify(rootOf(repository), cached)).toThrow(
        "trusted_root.json is not the one that targets name",
      )
    },
  )

  test("of another version is not either", async () => {
    const repository = await create()
    repository.publish(TWO)
    const cached = { ...fetched(repository, { version: 2 }), trustedRoot: Buffer.from(ONE) }
    expect(() => reverify(rootOf(repository), cached)).toThrow("not the one that targets name")
  })
})
