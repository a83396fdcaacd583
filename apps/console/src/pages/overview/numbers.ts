const whole = new Intl.NumberFormat('en')
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })
const roundPercent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 })

export const sayCount = (value: number): string => (value < 100_000 ? whole.format(value) : compact.format(value))

/** For axes, whose marks need not be whole. */
export const sayMark = (value: number): string => compact.format(value)

export const sayShare = (value: number): string => percent.format(value)

export function sayMs(value: number): string {
  if (value >= 10_000) return `${compact.format(value / 1000)} s`
  if (value >= 1_000) return `${(value / 1000).toFixed(1)} s`
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} ms`
}

export const refusedShare = ({ calls, denied, faults }: Readonly<Record<'calls' | 'denied' | 'faults', number>>) =>
  calls === 0 ? 0 : (denied + faults) / calls

export interface Change {
  readonly direction: 'up' | 'down' | 'same'
  readonly says: string
}

/** From what was before; undefined where there is nothing to compare with. */
export function changeOf(now: number | null, before: number | null): Change | undefined {
  if (now === null || before === null || before === 0) return undefined
  const change = now / before - 1
  if (Math.abs(change) < 0.005) return { direction: 'same', says: 'as before' }
  const much = change >= 9 ? `${whole.format(Math.round(now / before))} times` : roundPercent.format(Math.abs(change))
  return { direction: change > 0 ? 'up' : 'down', says: change >= 9 ? much : `${much} ${change > 0 ? 'up' : 'down'}` }
}
