import assert from 'node:assert/strict'
import { ACME } from '../../support/gate.ts'

/** A tool result of `whoami` proves both doors: a token minted for the server, about the person who signed in. */
export function assertIsAda(result: unknown): void {
  const { structuredContent, content } = result as { structuredContent?: object; content?: { text?: string }[] }
  const seen = (structuredContent ?? JSON.parse(content?.[0]?.text ?? '{}')) as Record<string, unknown>
  assert.equal(seen.audience, ACME.apiClientId)
  assert.equal(seen.oid, ACME.ada.oid)
  assert.deepEqual(seen.scopes, ['mcp.access'])
}
