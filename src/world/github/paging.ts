const DEFAULT_SIZE = 30
const MAX_SIZE = 100

/** How many results of a list a request asks for at once. */
function pageSize(request: Request): number {
  const asked = positive(new URL(request.url).searchParams.get("per_page"))
  return Math.min(asked ?? DEFAULT_SIZE, MAX_SIZE)
}

/** The page of a list that a request asks for by its number, with the `Link` header that leads to the others. */
export function numberedPage<Item>(
  request: Request,
  items: readonly Item[],
): { readonly page: readonly Item[]; readonly headers: Readonly<Record<string, string>> } {
  const size = pageSize(request)
  const number = positive(new URL(request.url).searchParams.get("page")) ?? 1
  const last = Math.max(Math.ceil(items.length / size), 1)
  const links = [
    ...(number > 1 ? [link(request, { page: number - 1 }, "prev")] : []),
    ...(number < last
      ? [link(request, { page: number + 1 }, "next"), link(request, { page: last }, "last")]
      : []),
    ...(number > 1 ? [link(request, { page: 1 }, "first")] : []),
  ]
  return { page: items.slice((number - 1) * size, number * size), headers: linkHeader(links) }
}

/** A page between cursors, with the cursors of its neighbours. */
export interface CursorPage<Item> {
  readonly page: readonly Item[]
  readonly next?: string
  readonly previous?: string
}

/** The page of a list that a request asks for with `after` or `before`. Cursors are of the list's items, and opaque to clients. */
export function cursorPage<Item extends { readonly id: number }>(
  request: Request,
  items: readonly Item[],
): CursorPage<Item> {
  const { searchParams } = new URL(request.url)
  const size = pageSize(request)
  const before = position(items, searchParams.get("before"))
  const after = position(items, searchParams.get("after"))
  const start =
    before === undefined ? (after === undefined ? 0 : after + 1) : Math.max(before - size, 0)
  const end = before === undefined ? start + size : before
  const page = items.slice(start, end)
  const [first, last] = [page[0], page.at(-1)]
  return {
    page,
    ...(last !== undefined && end < items.length ? { next: cursorOf(last) } : {}),
    ...(first !== undefined && start > 0 ? { previous: cursorOf(first) } : {}),
  }
}

/** The `Link` header of a page between cursors. */
export function cursorHeaders(
  request: Request,
  { next, previous }: CursorPage<unknown>,
): Readonly<Record<string, string>> {
  return linkHeader([
    ...(next === undefined ? [] : [link(request, { after: next }, "next")]),
    ...(previous === undefined ? [] : [link(request, { before: previous }, "prev")]),
  ])
}

function cursorOf({ id }: { readonly id: number }): string {
  return Buffer.from(`cursor:${id}`).toString("base64url")
}

// A cursor of nothing that is in the list leads nowhere: it is as if there were none.
function position(
  items: readonly { readonly id: number }[],
  cursor: string | null,
): number | undefined {
  const index = cursor === null ? -1 : items.findIndex((item) => cursorOf(item) === cursor)
  return index === -1 ? undefined : index
}

function positive(text: string | null): number | undefined {
  const value = text !== null && /^[0-9]{1,9}$/.test(text) ? Number(text) : 0
  return value > 0 ? value : undefined
}

function link(
  request: Request,
  change: Readonly<Record<string, string | number>>,
  rel: string,
): string {
  const url = new URL(request.url)
  for (const name of ["after", "before"]) url.searchParams.delete(name)
  for (const [name, value] of Object.entries(change)) url.searchParams.set(name, String(value))
  return `<${url.href}>; rel="${rel}"`
}

function linkHeader(links: readonly string[]): Readonly<Record<string, string>> {
  return links.length === 0 ? {} : { link: links.join(", ") }
}
