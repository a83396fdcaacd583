import type { CallToolResult, McpServer, ServerContext, ToolAnnotations } from '@modelcontextprotocol/server'
import { currentPrincipal, type Principal } from '@sallyport/verifier'
import type { z } from 'zod'
import type { Inventory } from '../store/inventory.ts'

/** What tools work with. There is one inventory: it finds the teamspace of whoever calls. */
export interface Deps {
  readonly inventory: Inventory
  readonly now: () => number
  readonly log: (line: string) => void
}

export interface Call extends Deps {
  readonly principal: Principal
  readonly mcp: ServerContext
}

/** For a caller's mistakes. Anything else that is thrown is a fault, and answered without its reason. */
export class Refusal extends Error {}

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly input: Input
  readonly output: Output
  readonly annotations: ToolAnnotations
  run(input: z.output<Input>, call: Call): z.input<Output> | Promise<z.input<Output>>
  /** What is read by people and models; the answer as JSON unless told. */
  text?(answer: z.input<Output>): string
}

export const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }

/** Loses the types of a tool's own input and output, so that tools of all kinds stand in one list. */
export const tool = <Input extends z.ZodObject, Output extends z.ZodObject>(definition: Tool<Input, Output>): Tool =>
  definition as unknown as Tool

export function register(mcpServer: McpServer, definition: Tool, deps: Deps): void {
  const { name, title, description, input, output, annotations } = definition
  mcpServer.registerTool(
    name,
    { title, description, inputSchema: input, outputSchema: output, annotations },
    async (asked, mcp) => {
      try {
        return answer(definition, await definition.run(asked, { ...deps, mcp, principal: currentPrincipal() }))
      } catch (error) {
        if (error instanceof Refusal) return refuse(error.message)
        // The caller that went away gets no answer, and its leaving is no fault.
        if (!mcp.mcpReq.signal.aborted)
          deps.log(`${name} failed: ${error instanceof Error ? error.name : 'unknown error'}`)
        return refuse('The server could not answer. Try again later.')
      }
    },
  )
}

function answer({ text }: Tool, value: Record<string, unknown>): CallToolResult {
  const shown = text ? text(value) : JSON.stringify(value)
  return { content: [{ type: 'text', text: shown }], structuredContent: value }
}

const refuse = (message: string): CallToolResult => ({ content: [{ type: 'text', text: message }], isError: true })
