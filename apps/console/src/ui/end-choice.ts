const DAY_MS = 24 * 60 * 60 * 1000

/** When something that is made now ends: after days, on a day, or never. */
export type EndChoice = `${number}` | 'date' | 'never'

export interface End {
  readonly choice: EndChoice
  /** `YYYY-MM-DD`, for the choice of a day. */
  readonly date: string
}

/** As RFC 3339; null is never. A day counts until it is over, where the person who chose it is. */
export function endTime({ choice, date }: End, now = Date.now()): string | null {
  if (choice === 'never') return null
  if (choice === 'date') return new Date(`${date}T23:59:59`).toISOString()
  return new Date(now + Number(choice) * DAY_MS).toISOString()
}

/** As a date field has it. */
export function dayFrom(now: number, days: number): string {
  const at = new Date(now + days * DAY_MS)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}
