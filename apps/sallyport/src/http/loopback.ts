/** What a URL may call this machine. Other spellings of 127.0.0.0/8 are left out: nobody needs them in a URL. */
export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

export const isLoopbackHost = (hostname: string): boolean => LOOPBACK_HOSTS.includes(hostname)

/** https, or http that never leaves this machine. */
export const isSecureUrl = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))
