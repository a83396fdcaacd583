import { startListFront } from './list-front.ts'

/** What a caller may not use; names of tools and prompts, URIs and URI templates of resources. */
export interface Hidden {
  readonly tools?: readonly string[]
  readonly prompts?: readonly string[]
  readonly resources?: readonly string[]
}

export interface ListedGate {
  readonly url: string
  /** What the caller must send. */
  readonly headers: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** A gate before the server at this address, for one caller who may use all but what is hidden. */
export async function startListedGate(upstreamUrl: string, hidden: Hidden): Promise<ListedGate> {
  const { tools = [], prompts = [], resources = [] } = hidden
  const names = { tool: new Set(tools), prompt: new Set(prompts), resource: new Set(resources) }
  const front = await startListFront(upstreamUrl, {
    lists: { isVisible: ({ kind, target }) => !names[kind].has(target) },
  })
  return { url: front.url, headers: {}, close: front.close }
}
