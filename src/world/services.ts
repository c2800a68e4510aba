import type { Handler } from "./http/handler.ts"
import { startService, type Service, type ServiceOptions } from "./http/service.ts"

/** The services of a local world. */
export const SERVICE_NAMES = [
  "oidc",
  "fulcio",
  "rekor",
  "rekorV2",
  "timestamp",
  "tuf",
  "index",
  "mirror",
  "github",
  "githubStorage",
] as const

/** A service of a local world. */
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** One thing for each service. */
export type ByService<T> = Readonly<Record<ServiceName, T>>

const MIB = 2 ** 20
// The largest file that PyPI takes by default is 100 MiB; assets of releases may be larger.
const MAX_REQUEST_BYTES: Partial<ByService<number>> = { index: 128 * MIB, github: 512 * MIB }

/** Services that listen before anybody has said what they answer: their addresses go into what they are made of. */
export interface OpenServices {
  readonly services: ByService<Service>
  readonly answer: (handlers: ByService<Handler>) => void
}

/** Opens all sockets, on these ports where they are free, else on ports that the system chooses. */
export async function openServices(ports: Partial<ByService<number>>): Promise<OpenServices> {
  let handlers: ByService<Handler> | undefined
  const opened = await Promise.all(
    SERVICE_NAMES.map(async (name) => {
      const handler: Handler = (request) =>
        handlers?.[name](request) ?? new Response("the service is starting\n", { status: 503 })
      const maxRequestBytes = MAX_REQUEST_BYTES[name]
      const options = maxRequestBytes === undefined ? {} : { maxRequestBytes }
      return [name, await startOn(ports[name], handler, options)] as const
    }),
  )
  const found = new Map(opened)
  return {
    services: mapServices((name) => {
      const service = found.get(name)
      if (service === undefined) throw new TypeError(`${name} was not started`)
      return service
    }),
    answer(given) {
      handlers = given
    },
  }
}

/** Makes one thing for each service. */
export function mapServices<T>(make: (name: ServiceName) => T): Record<ServiceName, T> {
  return {
    oidc: make("oidc"),
    fulcio: make("fulcio"),
    rekor: make("rekor"),
    rekorV2: make("rekorV2"),
    timestamp: make("timestamp"),
    tuf: make("tuf"),
    index: make("index"),
    mirror: make("mirror"),
    github: make("github"),
    githubStorage: make("githubStorage"),
  }
}

async function startOn(
  port: number | undefined,
  handler: Handler,
  options: ServiceOptions,
): Promise<Service> {
  if (port === undefined) return await startService(handler, options)
  try {
    return await startService(handler, { ...options, port })
  } catch (error) {
    if (!isTaken(error)) throw error
    return await startService(handler, options)
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE"
}
