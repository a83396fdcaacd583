import type { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { SEVERITIES, STATUSES } from '../store/finding.ts'
import { statsOf } from '../store/stats.ts'
import { answer, type CallOf, READ_ONLY, refuse } from './call.ts'
import { FINDING_ID, fromPage, pageSchema, toPage } from './paging.ts'

const filters = z.object({
  severity: z.enum(SEVERITIES).optional(),
  status: z.enum(STATUSES).optional(),
  repository: z.string().max(100).optional(),
  package: z.string().max(100).optional(),
})
const listInput = filters.extend(pageSchema(100).shape)
const searchInput = pageSchema(100).extend({ text: z.string().min(2).max(200).describe('Words as they are written') })
const findInput = z.object({ id: FINDING_ID })
const exportInput = filters.extend(pageSchema(250).shape)

export function registerReadFindings(mcpServer: McpServer, callOf: CallOf) {
  const annotations = READ_ONLY
  mcpServer.registerTool(
    'list_findings',
    {
      title: 'List findings',
      description: 'Findings of your teamspace, page by page.',
      inputSchema: listInput,
      annotations,
    },
    ({ cursor, limit, ...filter }, context) => {
      const page = toPage({ cursor, limit })
      return page ? answer(fromPage(callOf(context).findings.list(filter, page), limit)) : unknownCursor()
    },
  )
  mcpServer.registerTool(
    'search_findings',
    {
      title: 'Search findings',
      description: 'Findings whose text contains the given words.',
      inputSchema: searchInput,
      annotations,
    },
    ({ cursor, limit, text }, context) => {
      const page = toPage({ cursor, limit })
      return page ? answer(fromPage(callOf(context).findings.search(text, page), limit)) : unknownCursor()
    },
  )
  mcpServer.registerTool(
    'get_finding',
    {
      title: 'Get a finding',
      description: 'One finding with everything known about it.',
      inputSchema: findInput,
      annotations,
    },
    ({ id }, context) => {
      const finding = callOf(context).findings.find(id)
      return finding ? answer({ ...finding }) : refuse(`There is no finding ${id}.`)
    },
  )
  mcpServer.registerTool(
    'stats',
    {
      title: 'Statistics',
      description: 'How many findings there are, by severity, status and repository.',
      annotations,
    },
    (context) => answer(statsOf(callOf(context).findings)),
  )
  mcpServer.registerTool(
    'export_findings',
    {
      title: 'Export findings',
      description: 'Findings as newline-delimited JSON, in large pages.',
      inputSchema: exportInput,
      annotations,
    },
    ({ cursor, limit, ...filter }, context) => {
      const page = toPage({ cursor, limit })
      if (!page) return unknownCursor()
      const { findings, nextCursor } = fromPage(callOf(context).findings.list(filter, page), limit)
      const text = findings.map((finding) => JSON.stringify(finding)).join('\n')
      return {
        content: [{ type: 'text', text }],
        structuredContent: { count: findings.length, ...(nextCursor && { nextCursor }) },
      }
    },
  )
}

const unknownCursor = () => refuse('The cursor is not one that this server gave.')
