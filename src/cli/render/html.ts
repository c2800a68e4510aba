import { visible } from "../text.ts"

/** Markup that is safe to put into a page. Only {@link html} makes it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes: text is escaped, markup is kept, lists are joined, an absent value is nothing. */
export type HtmlValue = string | number | Html | readonly HtmlValue[] | undefined

/** A template of markup. Whatever is filled in is text: foreign text cannot become an element, an attribute, or invisible. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.map((part, index) => part + fill(values[index])).join("")
  return new Html(text)
}

function fill(value: HtmlValue): string {
  if (value === undefined) return ""
  if (value instanceof Html) return value.text
  if (typeof value === "number") return String(value)
  return typeof value === "string" ? escape(visible(value)) : value.map(fill).join("")
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "")
}
