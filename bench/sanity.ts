import { ANSWER, CALL } from './messages.ts'
import type { RunningRow } from './lab.ts'
import { freshTokenId, mintToken, type TokenIssuer } from './tokens.ts'

/** Before anything is measured: a good call passes everywhere, and a row that claims to check refuses bad ones. */
export async function assertHonest({ row, proxy }: RunningRow, issuer: TokenIssuer, members: number): Promise<void> {
  const send = async (accessToken: string) => {
    const answer = await fetch(`http://127.0.0.1:${proxy.target.port}${proxy.target.path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': '2025-06-18',
      },
      body: CALL,
    })
    return { status: answer.status, body: await answer.text() }
  }
  const good = await send(mintToken(issuer, 1, freshTokenId()))
  if (good.status !== 200 || good.body !== ANSWER)
    throw new Error(`${row.title}: a good call got ${good.status} ${good.body.slice(0, 300)}\n${proxy.child.output()}`)
  if (!row.checks) return
  for (const [flaw, accessToken] of badTokens(issuer, members)) {
    const { status } = await send(accessToken)
    if (status !== 401 && status !== 403) throw new Error(`${row.title}: a token with ${flaw} got ${status}`)
  }
}

function badTokens(issuer: TokenIssuer, members: number): Map<string, string> {
  const minted = (changes: object) => mintToken(issuer, 1, freshTokenId(), changes)
  const [head, , signature] = minted({}).split('.')
  const [, otherClaims] = minted({}).split('.')
  return new Map([
    ['changed claims', `${head}.${otherClaims}.${signature}`],
    ['an expired date', minted({ exp: issuer.issuedAt - 3600 })],
    ['another audience', minted({ aud: 'a0d10000-0000-4000-8000-000000000bad' })],
    ['another issuer', minted({ iss: issuer.issuer.replace(issuer.tenantId, issuer.audience) })],
    ['another scope', minted({ scp: 'mcp.accessory' })],
    ['a person who is no member', mintToken(issuer, members + 1, freshTokenId())],
  ])
}
