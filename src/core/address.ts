/** Whether a URL names this very machine: where plain HTTP is no danger, because nothing leaves it. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}

/** Whether what is said to a URL cannot be read or changed on the way: https, or plain HTTP on this machine. */
export function isConfidential(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))
}

/** The address of a path below a service's base address, whether or not that ends in a slash. */
export function below(base: URL, path: string): URL {
  return new URL(path, base.href.endsWith("/") ? base : `${base.href}/`)
}
