import type { Config } from '../config/config.ts'
import { createClientAddress } from '../http/client-address.ts'
import type { CallLimits, ToolRate } from '../gate/steps/limit.ts'
import type { AddressLimits } from '../limits/address-limits.ts'
import type { OpenLimit } from '../limits/open-calls.ts'
import type { Rate, RateLimit } from '../limits/rate.ts'
import { fold } from '../policies/spelling.ts'
import { matcher } from '../tools/pattern.ts'
import type { SharedParts } from './shared-parts.ts'

type Parts = Pick<SharedParts, 'rateCounters' | 'openCalls' | 'now'>

/** Limits of addresses: by each process for itself. */
export function composeAddressLimits(
  { limits, trustedProxies }: Config,
  { rateCounters, openCalls, now }: Parts,
): AddressLimits {
  const { rate } = limits
  const counter = (name: 'address' | 'refused') => {
    const limit = limitOf(name, rate[name])
    return limit && rateCounters.local(limit)
  }
  return {
    addressOf: createClientAddress(trustedProxies),
    calls: counter('address'),
    refused: counter('refused'),
    open: openLimitOf('address', limits.openCalls.address),
    openCalls,
    now,
  }
}

/** Limits of callers who are known: of rates by all processes together. */
export function composeCallLimits({ limits, servers }: Config, { rateCounters, openCalls, now }: Parts): CallLimits {
  const { rate } = limits
  const counter = (name: 'principal' | 'teamspace' | 'tool') => {
    const limit = limitOf(name, rate[name])
    return limit && rateCounters.shared(limit)
  }
  const tools = new Map(
    servers
      .map(({ name, toolRates }) => [name, toolRatesOf(name, toolRates, rateCounters)] as const)
      .filter(([, rates]) => rates.length > 0),
  )
  const rates = { principal: counter('principal'), teamspace: counter('teamspace'), tool: counter('tool'), tools }
  return {
    rates,
    isAnyRate: Boolean(rates.principal ?? rates.teamspace ?? rates.tool) || tools.size > 0,
    open: {
      principal: openLimitOf('principal', limits.openCalls.principal),
      teamspace: openLimitOf('teamspace', limits.openCalls.teamspace),
    },
    openCalls,
    now,
  }
}

const toolRatesOf = (
  server: string,
  toolRates: Readonly<Record<string, Rate>>,
  rateCounters: Parts['rateCounters'],
): ToolRate[] =>
  Object.entries(toolRates).map(([pattern, rate]) => ({
    matches: matcher(fold(pattern)),
    counter: rateCounters.shared({ ...rate, name: 'tool', setting: `servers.${server}.toolRates.${pattern}` }),
  }))

const limitOf = (name: string, rate: Rate | 'off'): RateLimit | undefined =>
  rate === 'off' ? undefined : { ...rate, name, setting: `limits.rate.${name}` }

const openLimitOf = (name: string, max: number | 'off'): OpenLimit | undefined =>
  max === 'off' ? undefined : { name, max, setting: `limits.openCalls.${name}` }
