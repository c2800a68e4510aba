import { createHash } from "node:crypto"

import { describe, expect, test } from "vitest"

import type { Rehearsal } from "../../../../src/app/rehearse/report.ts"
import { renderRehearsalPage } from "../../../../src/cli/render/rehearsal/page.ts"
import { fixedRehearsal } from "../../../support/rehearsal.ts"

const PAGE = renderRehearsalPage(fixedRehearsal())

/** The tags of a page, without the values of their attributes. A quote that got out of a value would make markup of its rest. */
function tagsOf(page: string): readonly string[] {
  return page.replaceAll(/"[^"<>]*"/g, '""').match(/<\/?[a-z][^>]*>/gi) ?? []
}

/** The tags with an attribute by which a browser would fetch, follow or run something. */
function reaching(page: string): readonly string[] {
  const attribute =
    /\s(?:src|srcset|href|xlink:href|action|formaction|data|poster|background|cite|ping|manifest|style|on[a-z]+)\s*=/i
  return tagsOf(page).filter((tag) => attribute.test(tag))
}

/** Every text of a rehearsal that others may have written is this one. */
function hostile(text: string): Rehearsal {
  const spoil = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(spoil)
    if (typeof value === "string") return text
    if (typeof value !== "object" || value === null) return value
    const kept = ["check", "actor", "outcome", "by", "code"]
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        kept.includes(name) ? member : spoil(member),
      ]),
    )
  }
  return spoil(fixedRehearsal()) as Rehearsal
}

describe("nothing from outside", () => {
  test("no attribute fetches, follows or runs anything", () => {
    expect(tagsOf(PAGE).length).toBeGreaterThan(100)
    expect(reaching(PAGE)).toEqual([])
  })

  test("no script, no frame, no picture, no form", () => {
    expect(PAGE).not.toMatch(/<(?:script|iframe|object|embed|img|link|base|form|video|audio)\b/i)
  })

  test("the style sheet refers to nothing", () => {
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(PAGE) ?? []
    expect(style.length).toBeGreaterThan(1_000)
    expect(style).not.toMatch(/url\(|@import|@font-face|image-set\(|expression\(/i)
  })

  test("its own policy allows this style sheet and nothing else", () => {
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(PAGE) ?? []
    const digest = createHash("sha256").update(style).digest("base64")
    const [, policy = ""] = /Content-Security-Policy"\s+content="([^"]*)"/.exec(PAGE) ?? []
    expect(policy.replaceAll("&#39;", "'")).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`,
    )
  })
})

describe("hostile values", () => {
  test.each([
    ["an element", "<script>alert(1)</script>"],
    ["the end of an attribute", `"><img src=x onerror=alert(1)>`],
    ["the end of the other kind", `' onmouseover='alert(1)`],
    ["the end of the style sheet", "</style><script>alert(1)</script>"],
    ["an entity", "&lt;script&gt;"],
    ["an address", "javascript:alert(1)"],
  ])("%s is text", (_, text) => {
    const page = renderRehearsalPage(hostile(text))
    const names = (markup: string): ReadonlySet<string> =>
      new Set(tagsOf(markup).map((tag) => tag.replace(/[\s>].*$/s, "")))
    expect(names(page)).toEqual(names(PAGE))
    expect(reaching(page)).toEqual([])
    expect(page.match(/<\/style>/g)).toHaveLength(1)
  })

  test("what hides or reorders text is shown as what it is", () => {
    const page = renderRehearsalPage(hostile("wheel\u202Egnp.exe\u0000\u2066"))
    // oxlint-disable-next-line no-control-regex -- that is what must not be there.
    expect(page).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u0000]/)
    expect(page).toContain(String.raw`wheel\u{202e}gnp.exe\u{0000}\u{2066}`)
  })
})

describe("for everybody", () => {
  test("a language, a title, one first heading, and landmarks", () => {
    expect(PAGE).toContain('<html lang="en">')
    expect(PAGE).toMatch(/<title>Rehearsal of wheelproof-example-morse 1\.0\.0 and .*<\/title>/)
    expect(PAGE.match(/<h1\b/g)).toHaveLength(1)
    for (const landmark of ["header", "main", "footer"]) {
      expect(PAGE.match(new RegExp(`<${landmark}>`, "g"))).toHaveLength(1)
    }
  })

  test("every label that is referred to is there once", () => {
    const wanted = [...PAGE.matchAll(/aria-labelledby="([^"]*)"/g)].map(([, id]) => id)
    const ids = [...PAGE.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
    expect(wanted.length).toBeGreaterThan(2)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of wanted) expect(ids).toContain(id)
  })

  test("drawings are no content: each is hidden from readers and stands beside its text", () => {
    const drawings = PAGE.match(/<svg\b[^>]*>/g) ?? []
    expect(drawings.length).toBeGreaterThan(10)
    for (const drawing of drawings) expect(drawing).toContain('aria-hidden="true"')
  })
})

describe("what it says", () => {
  test("every claim of the chain, with who vouches for it", () => {
    const { trunk, lanes } = fixedRehearsal().chain ?? { trunk: [], lanes: [] }
    const links = [...trunk, ...lanes.flatMap((lane) => lane.links)]
    const text = PAGE.replaceAll("&#39;", "'")
    expect(links.length).toBeGreaterThan(5)
    for (const { title, holds, claims } of links) {
      expect(text).toContain(title)
      expect(text).toContain(holds)
      for (const { label, value, by } of claims) {
        expect(text).toMatch(new RegExp(`<dt>\\s*${label}\\s*</dt>`))
        expect(text).toContain(value)
        expect(text).toMatch(new RegExp(`<h4>\\s*${by}\\s*</h4>`))
      }
    }
  })

  test("an attack that was not refused is said to be so, and the whole did not come out", () => {
    const rehearsal = fixedRehearsal()
    const [first, ...others] = rehearsal.attacks
    const [step, ...steps] = rehearsal.steps
    if (first === undefined || step === undefined) throw new Error("no attack")
    const page = renderRehearsalPage({
      ...rehearsal,
      steps: [{ ...step, outcome: "failed" }, ...steps],
      attacks: [{ ...first, refused: false }, ...others],
    })
    expect(page).toContain("not refused")
    expect(page).toContain("A step did not come out as promised")
    expect(page).toContain("<b>2</b> of 3 attacks refused")
    expect(PAGE).not.toContain("not refused")
  })

  test("a rehearsal that ended early has no chain and no attacks, and says why", () => {
    const { chain: _, ...rehearsal } = fixedRehearsal()
    const [step] = rehearsal.steps
    if (step === undefined) throw new Error("no step")
    const error = { code: "ERR_NETWORK", message: "no <index>", hint: "find one" } as const
    const page = renderRehearsalPage({
      ...rehearsal,
      steps: [{ ...step, outcome: "undecided", error }],
      attacks: [],
    })
    expect(page).toContain("The rehearsal could not be finished")
    expect(page).toContain("no &lt;index&gt;; find one")
    expect(page).not.toContain("From the commit to the installed files")
  })
})
