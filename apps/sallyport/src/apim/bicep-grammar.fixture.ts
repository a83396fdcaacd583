import { createRequire } from 'node:module'
import { Language, Parser } from 'web-tree-sitter'

const resolve = createRequire(import.meta.url).resolve

await Parser.init()
const parser = new Parser().setLanguage(await Language.load(resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')))

export interface BicepReading {
  /** Its nodes by name, without their text. */
  readonly shape: string
  /** What its strings hold, escapes as they are written. */
  readonly strings: readonly string[]
}

/** A Bicep file as the grammar of tree-sitter reads it. Throws where that grammar has to guess. */
export function readBicep(source: string): BicepReading {
  const tree = parser.parse(source)
  if (!tree) throw new SyntaxError('no Bicep')
  try {
    const { rootNode } = tree
    if (rootNode.hasError) throw new SyntaxError(`not Bicep: ${rootNode}`)
    const strings = rootNode
      .descendantsOfType('string')
      .flatMap((node) => (node?.isNamed ? [node.text.slice(1, -1)] : []))
    return { shape: shapeOf(`${rootNode}`), strings }
  } finally {
    tree.delete()
  }
}

/** The parts of a string differ with what has to be escaped in it. */
const shapeOf = (nodes: string): string => nodes.replace(/(?: \((?:string_content|escape_sequence)\))+/g, '')
