const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const entity = (character: string): string => ENTITIES[character] ?? character

/** A policy expression as element content: quotes stay readable. */
export const xmlText = (code: string): string => code.replace(/[&<>]/g, entity)

/** A policy expression as the value of a double-quoted attribute. */
export const xmlAttribute = (code: string): string => code.replace(/[&<>"]/g, entity)

/** XML 1.0 §2.2 has no escape for these, and API Management reads these pairs of braces and these openings itself. */
const NOT_LITERAL = /[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|\{\{|\}\}|^\s*@[({]/u

/** A value from outside as element content or attribute value: taken literally by XML and by API Management. */
export function xmlLiteral(value: string): string {
  if (NOT_LITERAL.test(value)) throw new TypeError('A value that a policy cannot hold literally passed validation')
  return xmlAttribute(value)
}

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A C# string literal. Whatever is not plainly harmless becomes `\uXXXX`, braces of a named value included. */
export const csharpString = (value: string): string => `"${value.replace(/[^A-Za-z0-9 ._~:/?#=+,-]/g, unicodeEscape)}"`

/** JSON whose strings hold nothing that XML, a named value or a policy expression begins with. */
export const policyJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(/"(?:[^"\\]|\\.)*"/g, (text) => text.replace(/[{}<>&@]/g, unicodeEscape))

const BICEP_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  $: '\\$',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** A Bicep string literal of one line, without interpolation. */
export const bicepString = (value: string): string =>
  `'${value.replace(/[\\'$\n\r\t]/g, (character) => BICEP_ESCAPES[character] ?? '')}'`

/** One word of bash, in which nothing is expanded. */
export function bashWord(value: string): string {
  if (value.includes('\0')) throw new TypeError('A value that bash cannot hold passed validation')
  return `'${value.replaceAll("'", `'\\''`)}'`
}
