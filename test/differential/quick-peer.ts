import type { TrustMaterial } from "@sigstore/verify"

type PeerCertificate = TrustMaterial["certificateAuthorities"][number]["certChain"][number]
type PeerElement = PeerCertificate["root"]

/**
 * Lets the peer remember what it works out about certificates of the trust root: their DER, which it writes anew many times for each
 * bundle, and whether one signed the other. It makes thousands of answers affordable and changes none.
 */
export function rememberTrusted(trust: TrustMaterial): TrustMaterial {
  for (const { certChain } of [...trust.certificateAuthorities, ...trust.timestampAuthorities]) {
    for (const certificate of certChain) remember(certificate)
  }
  return trust
}

function remember(certificate: PeerCertificate): void {
  rememberDer(certificate.root)
  const verify = certificate.verify.bind(certificate)
  const known = new Map<PeerCertificate | undefined, boolean>()
  certificate.verify = (issuer) => {
    // An issuer that is not of the trust root is the bundle's own certificate, and another one each time.
    const value = known.get(issuer) ?? verify(issuer)
    if (known.size < 16) known.set(issuer, value)
    return value
  }
}

function rememberDer(element: PeerElement): void {
  element.subs.forEach(rememberDer)
  const der = element.toDER()
  element.toDER = () => der
}
