export type Json = Record<string, unknown>

export const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')
export const decode = (part: string): Json | undefined => parse(Buffer.from(part, 'base64url').toString())

export function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}
