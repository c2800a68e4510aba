/** DER in PEM armour as Go writes it: lines of 64 characters, a line feed at the end (RFC 7468). */
export function toPem(label: "CERTIFICATE" | "PUBLIC KEY", der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n")
}

/** The DER inside the first PEM block of `text`; nothing where there is none. */
export function fromPem(text: string): Uint8Array | undefined {
  const base64 = /-----BEGIN [A-Z ]+-----([^-]*)-----END/.exec(text)?.[1]
  return base64 === undefined ? undefined : Buffer.from(base64, "base64")
}
