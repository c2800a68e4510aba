import { beforeEach, describe, expect, test } from "vitest"

import { SDIST_NAME, sdistBytes, WHEEL_NAME, wheelBytes } from "../../support/archives.ts"
import {
  basic,
  createTestIndex,
  NOW,
  ORIGIN,
  publisherToken,
  refusal,
  sha256,
  type TestIndex,
  type Upload,
  uploadForm,
  wheelOf,
} from "./support.ts"

let index: TestIndex
let token: string
beforeEach(() => {
  index = createTestIndex()
  token = index.addUser("ann")
})

const upload = (given: Upload = {}): Promise<Response> => index.upload({ token, ...given })

describe("an upload that is right", () => {
  test("creates project and release, and is served", async () => {
    const content = wheelBytes()
    const answer = await upload({ content, fields: { requires_python: ">=3.9", comment: "first" } })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe("")
    expect(index.state.projects["rocket"]).toMatchObject({
      name: "rocket",
      owners: ["ann"],
      releases: [
        {
          version: "1.0.0",
          created: NOW,
          files: [
            {
              filename: WHEEL_NAME,
              type: "bdist_wheel",
              pythonVersion: "py3",
              size: content.byteLength,
              digests: { sha256: sha256(content) },
              comment: "first",
            },
          ],
        },
      ],
    })
  })

  test("is an sdist too, with or without a Python version", async () => {
    const given = { filename: SDIST_NAME, content: sdistBytes() }
    expect(await refusal(upload({ ...given, fields: { pyversion: undefined } }))).toBe("200 ")
    expect(index.state.projects["rocket"]?.releases[0]?.files[0]?.pythonVersion).toBe("source")
  })

  test.each([
    ["Basic", (secret: string) => basic(secret)],
    ["Bearer", (secret: string) => `Bearer ${secret}`],
    ["token", (secret: string) => `token ${secret}`],
  ])("comes with a token by %s", async (_, authorization) => {
    const headers = { authorization: authorization(token) }
    expect((await index.upload({ headers })).status).toBe(200)
  })

  test("may name its action in the address", async () => {
    const answer = await upload({
      fields: { ":action": undefined },
      query: "?:action=file_upload",
    })
    expect(answer.status).toBe(200)
  })

  test("may leave out what is optional, repeat what is a list, and say UNKNOWN", async () => {
    const fields = {
      protocol_version: undefined,
      sha256_digest: undefined,
      summary: "UNKNOWN",
      classifiers: ["Topic :: Internet", "Typing :: Typed"],
      gpg_signature: "old",
      unheard_of: "ignored",
    }
    expect((await upload({ fields, files: ["gpg_signature"] })).status).toBe(200)
    const release = index.state.projects["rocket"]?.releases[0]
    expect(release?.metadata["classifiers"]).toEqual(["Topic :: Internet", "Typing :: Typed"])
    expect(release?.metadata["summary"]).toBeUndefined()
  })

  test("finds the project and the release in other spellings", async () => {
    expect((await upload({ content: wheelBytes() })).status).toBe(200)
    const answer = await upload({
      filename: "rocket-1.0-py2-none-any.whl",
      content: wheelBytes({ folder: "rocket-1.0.dist-info" }),
      fields: { name: "Rocket", version: "1.0" },
    })
    expect(await refusal(answer)).toBe("200 ")
    expect(index.state.projects["rocket"]).toMatchObject({ name: "Rocket" })
    expect(index.state.projects["rocket"]?.releases.map(({ version }) => version)).toEqual([
      "1.0.0",
    ])
  })
})

describe("who may upload", () => {
  const help = `${ORIGIN}/help/#`

  test.each([
    ["nobody", {}],
    ["an unknown token", { authorization: basic("pypi-unknown") }],
    ["another scheme", { authorization: "Digest x" }],
  ])("not %s", async (_, headers) => {
    expect(await refusal(index.upload({ headers }))).toBe(
      `403 Invalid or non-existent authentication information. See ${help}invalid-auth for more information.`,
    )
  })

  test("not a user with a password", async () => {
    const headers = { authorization: basic("secret", "ann") }
    expect(await refusal(index.upload({ headers }))).toBe(
      `403 Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers instead. See ${help}apitoken and ${help}trusted-publishers`,
    )
  })

  test("not another user", async () => {
    index.addProject("Rocket", ["bob"])
    expect(await refusal(upload())).toBe(
      `403 The user 'ann' isn't allowed to upload to project 'Rocket'. See ${help}project-name for more information.`,
    )
  })

  test("not a token for other projects", async () => {
    const scoped = index.addUser("ann", { projects: ["Satellite"] })
    expect(await refusal(upload({ token: scoped }))).toBe(
      "403 Invalid API Token: project-scoped token is not valid for project: 'rocket'",
    )
  })

  test("not a publisher's token after fifteen minutes", async () => {
    const minted = await publisherToken(index)
    index.now = NOW + 900_000 - 1
    expect((await upload({ token: minted })).status).toBe(200)
    index.now = NOW + 900_000
    expect(await refusal(upload({ token: minted }))).toBe("403 Invalid API Token: token is expired")
  })

  test("not a publisher for a project that there is not", async () => {
    const minted = await publisherToken(index)
    const given = {
      token: minted,
      filename: "other-1.0.0-py3-none-any.whl",
      content: wheelOf("other", "1.0.0"),
      fields: { name: "other" },
    }
    expect(await refusal(upload(given))).toBe(
      `400 Non-user identities cannot create new projects. This was probably caused by successfully using a pending publisher but specifying the project name incorrectly (either in the publisher or in your project's metadata). Please ensure that both match. See: ${help}trusted-publishers-troubleshooting`,
    )
  })

  test("not a publisher for another project", async () => {
    const minted = await publisherToken(index)
    index.addProject("other", ["ann"])
    const given = {
      token: minted,
      filename: "other-1.0.0-py3-none-any.whl",
      content: wheelOf("other", "1.0.0"),
      fields: { name: "other" },
    }
    expect(await refusal(upload(given))).toBe(
      "403 Invalid API Token: project-scoped token is not valid for project: 'other'",
    )
  })

  test.each([
    ["archived", true, true],
    ["quarantined", true, false],
  ] as const)("%s: publishers refused %s, owners refused %s", async (status, ...expected) => {
    const minted = await publisherToken(index)
    index.addProject("rocket", ["ann"])
    index.setStatus("rocket", status)
    const answers = [await upload({ token: minted }), await upload()]
    expect(answers.map((answer) => answer.status === 403)).toEqual(expected)
    expect(await refusal(answers[0] ?? Response.error())).toBe(
      `403 The given token isn't allowed to upload to project 'rocket'. See ${help}project-name for more information.`,
    )
  })

  test.each([
    ["readOnly", "403 Read-only mode: Uploads are temporarily disabled."],
    [
      "uploadsDisabled",
      `403 New uploads are temporarily disabled. See ${help}admin-intervention for more information.`,
    ],
  ] as const)("nobody while %s", async (flag, expected) => {
    index.flags[flag] = true
    expect(await refusal(upload())).toBe(expected)
  })
})

test("the address without its slash is answered with a redirection, and a message", async () => {
  const answer = await index.post("/legacy", uploadForm({}), { authorization: basic(token) })
  expect(await refusal(answer)).toBe(
    "308 An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)",
  )
  expect(answer.headers.get("location")).toBe("/legacy/")
})
