import type { ChildProcess } from 'node:child_process'

interface Question {
  readonly id: number
  readonly method: string
  readonly argument: unknown
}
interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly failed?: string
}

export type Handlers = Record<string, (argument: never) => unknown>
type Argument<H extends Handlers, M extends keyof H> = Parameters<H[M]>[0]
type Result<H extends Handlers, M extends keyof H> = Awaited<ReturnType<H[M]>>

/** The bench's side: one question to a child process, one answer, within a time limit. */
export function createCaller<H extends Handlers>(child: ChildProcess) {
  let lastId = 0
  return function call<M extends keyof H & string>(method: M, argument: Argument<H, M>): Promise<Result<H, M>> {
    const id = ++lastId
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => finish(new Error(`${method}: no answer in 120 s`)), 120_000)
      const onExit = () => finish(new Error(`${method}: the process ended`))
      const onReply = (reply: Reply) => {
        if (reply.id !== id) return
        if (reply.failed !== undefined) finish(new Error(`${method}: ${reply.failed}`))
        else finish(undefined, reply.result as Result<H, M>)
      }
      function finish(error: Error | undefined, result?: Result<H, M>) {
        clearTimeout(limit)
        child.off('message', onReply).off('exit', onExit)
        if (error) reject(error)
        else resolve(result as Result<H, M>)
      }
      child.on('message', onReply).on('exit', onExit)
      child.send({ id, method, argument } satisfies Question)
    })
  }
}

/** The child's side. A child that loses the bench ends itself. */
export function answerCalls(handlers: Handlers): void {
  process.on('disconnect', () => process.exit())
  process.on('message', async ({ id, method, argument }: Question) => {
    const reply: Reply = await Promise.resolve()
      .then(() => handlers[method]?.(argument as never))
      .then(
        (result) => ({ id, result }),
        (error: unknown) => ({ id, failed: String(error) }),
      )
    process.send?.(reply)
  })
}
