import { DOMParser, onWarningStopParsing } from '@xmldom/xmldom'
import type { Element, Node } from '@xmldom/xmldom'

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

/**
 * What xmldom lets through: characters that XML 1.0 §2.2 does not have, an ampersand alone (§4.1), `]]>` in content
 * (§2.4). And what a policy has no use for: CDATA, in which named values are not replaced, DOCTYPE and instructions.
 */
const REFUSED =
  /[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|&(?!(?:amp|lt|gt|quot|apos);)|\]\]>|<!\[CDATA\[|<!DOCTYPE|<\?/iu

// Line ends are not touched: xmldom would take U+2028 for one, as XML 1.1 does.
const parser = new DOMParser({ onError: onWarningStopParsing, normalizeLineEndings: (source) => source })

/** A policy as xmldom reads it, where even a warning throws. */
export function parseXml(source: string): XmlElement {
  const found = REFUSED.exec(source)
  if (found) throw new SyntaxError(`not XML of a policy at ${found.index}: ${JSON.stringify(found[0])}`)
  const root = parser.parseFromString(source, 'application/xml').documentElement
  if (!root) throw new SyntaxError('no root element')
  return toXmlElement(root)
}

const isElement = (node: Node): node is Element => node.nodeType === node.ELEMENT_NODE

function toXmlElement(element: Element): XmlElement {
  const nodes = [...element.childNodes]
  const children = nodes.filter(isElement).map(toXmlElement)
  const content = nodes.filter(({ nodeType }) => nodeType === element.TEXT_NODE).map(({ nodeValue }) => nodeValue)
  const text = content.join('').trim()
  if (children.length > 0 && text !== '') throw new SyntaxError(`text between the children of ${element.tagName}`)
  const attributes = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))
  return { name: element.tagName, attributes, children, text }
}

export function* elementsOf(root: XmlElement): Generator<XmlElement> {
  yield root
  for (const child of root.children) yield* elementsOf(child)
}

/** The one element there is of that name, below `root`. */
export function only(root: XmlElement, name: string): XmlElement {
  const found = [...elementsOf(root)].filter((element) => element.name === name)
  if (found.length !== 1) throw new Error(`${found.length} of ${name}`)
  return found[0]!
}
