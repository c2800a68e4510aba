import { isConfidential } from "../core/address.ts"
import { WheelproofError } from "../core/errors.ts"

/** One request, and everything it may cost. */
export interface HttpRequest {
  /** GET if absent. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** The longest answer that is read, unpacked. */
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** How many redirects are followed; none if absent. */
  readonly redirects?: number
}

/** What came back, whatever its status. */
export interface HttpAnswer {
  readonly status: number
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Uint8Array
}

/** The way to the network, for every adapter. */
export interface HttpClient {
  /**
   * Sends a request and reads the answer. Throws `ERR_NETWORK` where there is none, or it is a redirect that may not be followed;
   * `ERR_INPUT_TOO_LARGE`; `ERR_INTERRUPTED` for an abort by the signal; `ERR_OFFLINE` where no socket may be opened; `ERR_CONFIG` for
   * plain HTTP to another machine. Messages name the host: never a path, a query, a header or a body, any of which may be secret.
   */
  send(url: URL, request: HttpRequest): Promise<HttpAnswer>
}

/** An HTTP client that opens no socket at all if it is `offline`. */
export function createHttpClient({ offline }: { readonly offline: boolean }): HttpClient {
  return {
    async send(url, request) {
      if (offline) {
        throw new WheelproofError("ERR_OFFLINE", `${url.host} may not be asked with --offline`, {
          hint: "leave --offline out",
        })
      }
      return follow(url, request, request.redirects ?? 0)
    },
  }
}

async function follow(url: URL, request: HttpRequest, redirects: number): Promise<HttpAnswer> {
  const answer = await sendOnce(url, request)
  const location = answer.headers.get("location")
  if (!isRedirect(answer.status) || location === undefined) return answer
  const target = URL.parse(location, url.href)
  if (redirects === 0 || target === null || !isConfidential(target)) {
    throw new WheelproofError(
      "ERR_NETWORK",
      `${url.host} sends on to ${target?.host ?? "an address that is none"}, which is not followed`,
    )
  }
  return follow(target, redirected(request, answer.status, url, target), redirects - 1)
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/** The request that follows a redirect (RFC 9110 §15.4): what was meant for one host is not shown to another. */
function redirected(request: HttpRequest, status: number, from: URL, to: URL): HttpRequest {
  const { headers, body, method = "GET", ...rest } = request
  const keepsMethod = status === 307 || status === 308 || method === "GET"
  return {
    ...rest,
    ...(keepsMethod ? { method } : {}),
    ...(keepsMethod && body !== undefined ? { body } : {}),
    ...(from.origin === to.origin && headers !== undefined ? { headers } : {}),
  }
}

async function sendOnce(url: URL, request: HttpRequest): Promise<HttpAnswer> {
  if (!isConfidential(url)) {
    throw new WheelproofError("ERR_CONFIG", `${url.host} would be asked without encryption`, {
      hint: "use its https address; plain http is for this machine alone",
    })
  }
  const { method = "GET", body, maxBytes, timeoutMs, signal } = request
  const headers = checkHeaders(request.headers ?? {})
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method,
      headers,
      // Following is ours to do: the runtimes would send our headers along.
      redirect: "manual",
      signal: AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : Buffer.from(body) }),
    })
    return {
      status: response.status,
      headers: new Map(response.headers),
      body: await readBounded(response, maxBytes),
    }
  } catch (cause) {
    if (cause instanceof WheelproofError) throw cause
    if (signal.aborted) throw new WheelproofError("ERR_INTERRUPTED", "interrupted", { cause })
    const problem = timeout.aborted
      ? `did not answer within ${timeoutMs / 1000} s`
      : "did not answer"
    throw new WheelproofError("ERR_NETWORK", `${url.host} ${problem}`, { cause })
  }
}

// The runtime's own error would quote the value, and the value may be a token.
function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (/^[\t\x20-\x7e]*$/.test(value)) continue
    throw new WheelproofError(
      "ERR_CONFIG",
      `the header ${name} would hold a line break or another character that a header cannot hold`,
      { hint: "a token that was read from a file must be one line of text" },
    )
  }
  return { ...headers }
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) {
      throw new WheelproofError("ERR_INPUT_TOO_LARGE", `the answer is over ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What a family of requests has in common. */
export interface HttpLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Sends JSON and asks for JSON. Throws as {@link HttpClient.send}. */
export async function postJson(
  http: HttpClient,
  url: URL,
  value: unknown,
  limits: HttpLimits & { readonly headers?: Readonly<Record<string, string>> },
): Promise<HttpAnswer> {
  return http.send(url, {
    ...limits,
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...limits.headers },
    body: JSON.stringify(value),
  })
}
