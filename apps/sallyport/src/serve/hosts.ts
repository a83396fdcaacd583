import type { Config, ListenAddress } from '../config/config.ts'
import { isLoopbackHost, LOOPBACK_HOSTS } from '../http/loopback.ts'
import { hostOf } from './listener.ts'

/** `Host` values of a listener: its own address, every loopback name when it is one, and what operators add. */
export function allowedHosts(listen: ListenAddress, more: readonly string[]): Set<string> {
  const own = hostOf(listen)
  const names = isLoopbackHost(own) ? LOOPBACK_HOSTS : [own]
  return new Set([...names.map((name) => `${name}:${listen.port}`), ...more.map((host) => host.toLowerCase())])
}

/** Browser origins that may call: our own, those that operators list, and any loopback one while we are on loopback. */
export function originRule({ publicUrl, allowedOrigins }: Pick<Config, 'publicUrl' | 'allowedOrigins'>) {
  const listed = new Set([publicUrl, ...allowedOrigins.map((origin) => new URL(origin).origin)])
  const isLoopback = (origin: string) => URL.canParse(origin) && isLoopbackHost(new URL(origin).hostname)
  const loopbackToo = isLoopback(publicUrl)
  return (origin: string): boolean => listed.has(origin) || (loopbackToo && isLoopback(origin))
}
