/** What a certificate is asked for with: an identity token that was verified. */
export interface TokenCredentials {
  /** The token: a secret for as long as it lives. */
  readonly token: string
  /** What the proof of possession is signed over: the address of a person, else the token's subject (Fulcio, "Certificate issuing"). */
  readonly subject: string
  /** Gets a fresh token of the same job or person; absent where there is none to be had. */
  readonly renew?: () => Promise<TokenCredentials>
}
