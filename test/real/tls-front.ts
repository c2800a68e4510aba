import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { request } from "node:http"
import { createServer } from "node:https"
import path from "node:path"

/** A service behind TLS, for clients that ask by https whatever they are told. */
interface TlsFront {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Puts TLS before a service. The certificate is nobody's; its key is written to `folder`. */
export async function startTlsFront(target: string, folder: string): Promise<TlsFront> {
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")]
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
  const made = spawnSync("openssl", [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    ...subject,
    "-days",
    "1",
    "-keyout",
    key,
    "-out",
    cert,
  ])
  if (made.status !== 0) throw new Error(made.stderr.toString())
  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (incoming, outgoing) => {
      const { method, headers } = incoming
      const forwarded = request(target + (incoming.url ?? "/"), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.headers)
        answer.pipe(outgoing)
      })
      incoming.pipe(forwarded)
    },
  )
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new TypeError("not a TCP server")
  return {
    url: `https://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<unknown>((resolve) => server.close(resolve))
    },
  }
}
