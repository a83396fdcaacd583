/** Ends work that takes too long, wherever it hangs; the signal tells it to clean up. */
export async function within<Result>(seconds: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const aborting = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${seconds} s`))
      aborting.abort()
    }, seconds * 1000)
  })
  try {
    return await Promise.race([work(aborting.signal), late])
  } finally {
    clearTimeout(timer)
  }
}
