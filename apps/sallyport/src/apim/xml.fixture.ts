export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

const NAME = /[A-Za-z_][A-Za-z0-9_.-]*/y
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** XML 1.0 as policies need it, and no more: no CDATA, processing instruction or DOCTYPE. Throws where it ends. */
export function parseXml(source: string): XmlElement {
  let at = 0
  const fail = (what: string): never => {
    throw new SyntaxError(`${what} at ${at}: ${source.slice(at, at + 40)}`)
  }
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(source)?.[0] ?? fail(`no ${pattern}`)
    at += found.length
    return found
  }
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const length = pattern.exec(source)?.[0].length ?? -1
    if (length > 0) at += length
    return length >= 0
  }
  const decode = (text: string): string => {
    if (/[<>]/.test(text) || /[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))
      fail('not a character of content')
    return text.replace(/&([^;]*);?/g, (whole, name) =>
      whole.endsWith(';') && ENTITIES[name] !== undefined ? ENTITIES[name] : fail(`entity ${whole}`),
    )
  }
  const comment = (): boolean => skip(/<!--(?:(?!--)[^])*-->/y)

  function element(): XmlElement {
    take(/</y)
    const name = take(NAME)
    const attributes: Record<string, string> = {}
    while (skip(/\s+(?=[A-Za-z_])/y)) {
      const attribute = take(NAME)
      if (Object.hasOwn(attributes, attribute)) fail(`${attribute} twice`)
      attributes[attribute] = decode(take(/="[^"<]*"/y).slice(2, -1))
    }
    skip(/\s+/y)
    if (skip(/\/>/y)) return { name, attributes, children: [], text: '' }
    take(/>/y)
    const children: XmlElement[] = []
    let text = ''
    while (!source.startsWith('</', at)) {
      if (comment()) continue
      if (source[at] === '<') children.push(element())
      else text += decode(take(/[^<]+/y))
    }
    take(/<\//y)
    if (take(NAME) !== name) fail(`end of ${name}`)
    take(/\s*>/y)
    if (children.length > 0 && text.trim() !== '') fail(`text between the children of ${name}`)
    return { name, attributes, children, text: children.length > 0 ? '' : text.trim() }
  }

  while (skip(/\s+/y) || comment()) continue
  const root = element()
  while (skip(/\s+/y) || comment()) continue
  return at === source.length ? root : fail('content after the root')
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
