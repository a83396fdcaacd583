import { xmlAttribute, xmlLiteral, xmlText } from './escape.ts'
import type { Names } from './names.ts'

/** Moves a block below its parent; empty lines stay empty. */
export const indent = (block: string, by: number): string => block.replace(/^(?=.)/gm, ' '.repeat(by))

export const setVariable = (name: string, expression: string): string =>
  `<set-variable name="${name}" value="${xmlAttribute(expression)}" />`

export const setHeader = (name: string, valueXml: string): string =>
  `<set-header name="${name}" exists-action="override">
  <value>${valueXml}</value>
</set-header>`

export const deleteHeader = (name: string): string => `<set-header name="${name}" exists-action="delete" />`

export const setBody = (expression: string): string => `<set-body>${xmlText(expression)}</set-body>`

export const when = (condition: string, block: string): string =>
  `<choose>
  <when condition="${xmlAttribute(`@(${condition})`)}">
${indent(block, 4)}
  </when>
</choose>`

export const returnResponse = (code: number, reason: string, headers: readonly string[], body?: string): string =>
  `<return-response>
  <set-status code="${code}" reason="${reason}" />
${headers.map((header) => indent(header, 2)).join('\n')}${body === undefined ? '' : `\n  <set-body>${xmlText(body)}</set-body>`}
</return-response>`

export const JSON_TYPE = setHeader('Content-Type', 'application/json')
export const NO_STORE = setHeader('Cache-Control', 'no-store')
export const ANY_ORIGIN = setHeader('Access-Control-Allow-Origin', '*')
export const PUBLIC_DOCUMENT = [setHeader('Cache-Control', 'max-age=300'), ANY_ORIGIN]

/** RFC 9728 §5.1. `before` are parameters of ours, already in the form of RFC 9110 §11.2. */
export const challenge = ({ metadataUrl }: Names, before = ''): string =>
  setHeader('WWW-Authenticate', `Bearer ${before}resource_metadata="${xmlLiteral(metadataUrl)}"`)

/** Gives whatever is a 401 the way to the sign-in. */
export const challenge401 = (names: Names): string => when('context.Response.StatusCode == 401', challenge(names))

export const policies = (sections: readonly (readonly [name: string, block: string])[]): string =>
  `<policies>
${sections.map(([name, block]) => `  <${name}>\n${indent(block, 4)}\n  </${name}>`).join('\n')}
</policies>
`
