import { selectType } from "./accept.ts"

/** Why the index does not do what was asked: the status and the sentence that PyPI answers with. */
export class Refusal {
  readonly status: number
  readonly message: string

  constructor(status: number, message: string) {
    this.status = status
    this.message = message
  }
}

/** Title and explanation of each status, as Pyramid (PyPI's framework) has them. */
const TITLES: Readonly<Record<number, readonly [title: string, explanation: string]>> = {
  308: ["Permanent Redirect", "The resource has been moved to"],
  400: [
    "Bad Request",
    "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  ],
  403: ["Forbidden", "Access was denied to this resource."],
  404: ["Not Found", "The resource could not be found."],
  405: ["Method Not Allowed", "The method is not allowed for this resource."],
  410: ["Gone", "This resource is no longer available.  No forwarding address is given."],
}

/**
 * The answer to a refused request: the message is the reason phrase, and in the body once more as the client's `Accept` has it: HTML
 * unless JSON is preferred, text where neither is taken.
 */
export function renderRefusal({ status, message }: Refusal, request: Request): Response {
  const [title, explanation] = TITLES[status] ?? ["Error", "The request was refused."]
  const line = `${status} ${message}`
  const headers = new Headers()
  const init = { status, statusText: reasonPhrase(message), headers }
  switch (selectType(request, ["text/html", "application/json"])) {
    case "text/html":
      headers.set("content-type", "text/html; charset=UTF-8")
      return new Response(renderHtml(line, explanation, message), init)
    case "application/json":
      headers.set("content-type", "application/json")
      return new Response(
        JSON.stringify({ message: `${explanation}\n\n\n${message}\n\n`, code: line, title }),
        init,
      )
    case undefined:
      headers.set("content-type", "text/plain; charset=UTF-8")
      return new Response(`${line}\n\n${explanation}\n\n\n${message}\n\n`, init)
  }
}

/** What may stand in a status line (RFC 9110 §15.1): Latin-1 without control characters, the rest replaced as PyPI does. */
function reasonPhrase(message: string): string {
  return message.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, (letter) =>
    letter.charCodeAt(0) < 0x80 ? " " : "?",
  )
}

function renderHtml(line: string, explanation: string, message: string): string {
  return `<html>
 <head>
  <title>${escapeHtml(line)}</title>
 </head>
 <body>
  <h1>${escapeHtml(line)}</h1>
  ${escapeHtml(explanation)}<br/><br/>
${escapeHtml(message)}

 </body>
</html>`
}

/** Text as HTML has it, in content and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&#34;")
    .replaceAll("'", "&#39;")
}

/** What is not there. */
export function notFound(request: Request): Response {
  return renderRefusal(new Refusal(404, "Not Found"), request)
}
