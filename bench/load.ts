import { openConnection } from './load-connection.ts'
import { createPlayer, type RunOptions } from './load-run.ts'
import { createStreams } from './load-streams.ts'
import { callRequest, streamRequest, type Target } from './requests.ts'
import { freshTokenId, mintToken, type TokenIssuer } from './tokens.ts'
import { answerCalls } from './worker-call.ts'

/** A load process: raw sockets and ready-made requests, so that one core of it keeps one core of any proxy busy. */
let tokens: readonly string[] = []
let requests: readonly Buffer[] = []
let target: Target = { port: 0, path: '' }
let position = 0
let fresh: Buffer[] = []

const player = createPlayer()
const streams = createStreams()

const handlers = {
  /** `offset` keeps several load processes apart in the pool. */
  useTokens: (given: { tokens: string[]; offset: number }) => {
    tokens = given.tokens
    position = given.offset
  },
  connect: async (given: { target: Target; connections: number }) => {
    target = given.target
    requests = tokens.map((accessToken) => callRequest(target, accessToken))
    for (let opened = 0; opened < given.connections; opened++)
      player.add(await openConnection(target.port, player.onAnswer))
  },
  run: (options: RunOptions) => player.run(options, () => requests[position++ % requests.length]),
  /** Signing is far slower than calling, so it is done before the clock starts. */
  signFresh: ({ issuer, target: to, count }: { issuer: TokenIssuer; target: Target; count: number }) => {
    const mint = (_: unknown, index: number) => mintToken(issuer, (position + index) % tokens.length, freshTokenId())
    fresh = Array.from({ length: count }, mint).map((accessToken) => callRequest(to, accessToken))
  },
  /** Ends when the fresh tokens are used up. */
  runFresh: () => player.run({ seconds: 60 }, () => fresh.pop()),
  disconnect: () => player.close(),
  openStreams: (given: { target: Target; count: number }) => {
    const each = Array.from({ length: given.count }, (_, index) => tokens[index % tokens.length] ?? '')
    return streams.open(
      given.target.port,
      each.map((accessToken) => streamRequest(given.target, accessToken)),
    )
  },
  takeDelays: () => streams.takeDelays(),
  closeStreams: () => streams.close(),
}

export type LoadHandlers = typeof handlers

answerCalls(handlers)
