/**
 * Whether `presented` is one of the registered redirect URIs: exact (RFC 9700 §2.1), except that the port of a loopback
 * URI floats (RFC 8252 §7.3).
 */
export function isRegisteredRedirectUri(presented: string, registered: readonly string[]): boolean {
  return registered.some((uri) => uri === presented || withoutLoopbackPort(uri) === withoutLoopbackPort(presented))
}

const LOOPBACK_URI = /^http:\/\/(localhost|127\.0\.0\.1)(?::\d{1,5})?(\/[^?#\\\s]*)?$/

function withoutLoopbackPort(uri: string): string {
  const match = LOOPBACK_URI.exec(uri)
  return match ? `http://${match[1]}${match[2] ?? '/'}` : uri
}
