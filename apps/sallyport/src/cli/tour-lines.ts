import { styleText } from 'node:util'
import { wrap } from './wrap.ts'

export interface TourResult {
  readonly ok: boolean
  readonly title: string
  readonly says: string
}

/**
 * One line; in a terminal that is too narrow for it, what was seen goes below what was promised. `styleText` leaves the
 * colours away where nobody would see them.
 */
export function tourLines({ ok, title, says }: TourResult, columns = Infinity): string[] {
  const mark = ok ? 'ok  ' : 'FAIL'
  const styled = ok ? styleText('green', mark) : styleText('red', mark)
  const seen = (text: string) => styleText('dim', text)
  if (`${mark} ${title} (${says})`.length <= columns) return [`${styled} ${title} ${seen(`(${says})`)}`]
  const [first = '', ...rest] = wrap(title, `${mark} `, columns)
  return [styled + first.slice(mark.length), ...rest, ...wrap(says, ' '.repeat(mark.length + 1), columns).map(seen)]
}
