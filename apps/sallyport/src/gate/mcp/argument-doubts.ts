import type { Doubts } from '../../policies/decision.ts'
import { elementSpans, endOfString, memberSpans, rootSpan, skipSpace } from './json-spans.ts'
import type { Span } from './json-spans.ts'
import { isKeptByAll } from './look-alike.ts'

/** Of more than these, one that is in doubt puts all of them in doubt. */
const MAX_ARGUMENTS = 1_000
/** Longer than any double is written. */
const MAX_NUMBER = 64

const [QUOTE, MINUS, COLON, BRACE, BRACKET] = [0x22, 0x2d, 0x3a, 0x7b, 0x5b]
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** Whatever can be in doubt has one of these: an escape, an inherited name, a number that is long or has an exponent. */
const isSuspect = (text: string): boolean =>
  text.includes('\\u') || text.includes('__proto__') || /\d(?:[\d.+-]{13}|[eE])/.test(text)

/**
 * Tells what servers may read differently in the arguments of a message than the gate did: numbers that are no double
 * (RFC 8259 §6), text that not everybody keeps (§8.2), members that are inherited. Looks only when asked.
 */
export function doubtReader(body: Buffer | undefined): (index: number) => Doubts | undefined {
  let messages: { readonly text: string; readonly spans: readonly Span[] } | undefined
  let isPlain: boolean | undefined
  return (index) => {
    if ((isPlain ??= body === undefined || !isSuspect(body.toString('latin1')))) return undefined
    const { text, spans } = (messages ??= spansOf(body?.toString('utf8') ?? ''))
    const params = spans[index] && memberOf(text, spans[index], 'params')
    const args = params && memberOf(text, params, 'arguments')
    return args && doubtsIn(text, args)
  }
}

function spansOf(text: string): { text: string; spans: readonly Span[] } {
  const root = rootSpan(text)
  return { text, spans: text.charCodeAt(root.start) === BRACKET ? elementSpans(text, root) : [root] }
}

const memberOf = (text: string, object: Span, name: string): Span | undefined =>
  text.charCodeAt(object.start) === BRACE ? memberSpans(text, object).get(name) : undefined

function doubtsIn(text: string, args: Span): Doubts | undefined {
  const somewhere = findDoubt(text, args)
  if (somewhere === undefined || text.charCodeAt(args.start) !== BRACE) return undefined
  const members = memberSpans(text, args)
  if (members.size > MAX_ARGUMENTS) return somewhere
  const doubts = new Map<string, string>()
  for (const [name, span] of members) {
    if (isInherited(name) || !isKeptByAll(name)) return somewhere
    const doubt = findDoubt(text, span)
    if (doubt !== undefined) doubts.set(name, doubt)
  }
  return doubts
}

/** The first thing in a part of the text that not everybody reads alike. */
function findDoubt(text: string, { start, end }: Span): string | undefined {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const close = endOfString(text, at)
      const doubt = doubtOfString(text, at, close)
      if (doubt !== undefined) return doubt
      at = close - 1
    } else if (code === MINUS || isDigit(code)) {
      const close = endOfNumber(text, at)
      if (!isDouble(text.slice(at, close))) return 'a number in the arguments is not the one that the server may read'
      at = close - 1
    }
  }
  return undefined
}

function doubtOfString(text: string, start: number, end: number): string | undefined {
  const spelt = text.slice(start, end)
  const isEscaped = spelt.includes('\\u') // only so can it have what JSON text itself has not
  if (isEscaped && !isKeptByAll(JSON.parse(spelt) as string)) return 'not everybody keeps a text in the arguments'
  if (!isEscaped && spelt !== '"__proto__"') return undefined
  const isName = text.charCodeAt(skipSpace(text, end)) === COLON
  return isName && isInherited(JSON.parse(spelt) as string) ? 'a member in the arguments may be inherited' : undefined
}

/** Where a server copies members one by one, what this one holds seems to be members, too. */
const isInherited = (name: string): boolean => name === '__proto__'

function endOfNumber(text: string, start: number): number {
  let end = start + 1
  while (/[\d.eE+-]/.test(text.charAt(end))) end++
  return end
}

/** Whether the double that the gate has is the number that is written. Integers only while no two of them are one double. */
function isDouble(written: string): boolean {
  if (written.length > MAX_NUMBER) return false
  const value = Number(written)
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false
  return written.length < 15 && !/e/i.test(written) ? true : canonical(written) === canonical(String(value))
}

/** `-12.50e3` as `125e2`. */
function canonical(written: string): string {
  const [mantissa, exponent = '0'] = written
    .toLowerCase()
    .replace('-', (sign, at) => (at === 0 ? '' : sign))
    .split('e')
  const [whole, fraction = ''] = mantissa!.split('.')
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  return significant && `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}
