/** One page at a time, when the reader asks for it; it ends when the reader goes away. `ended` hears of it, however. */
export function toStream(pages: AsyncGenerator<string>, ended: () => void = () => {}): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await pages.next()
        if (!done) return controller.enqueue(encoder.encode(value))
      } catch (error) {
        ended()
        throw error
      }
      ended()
      controller.close()
    },
    async cancel() {
      await pages.return(undefined).finally(ended)
    },
  })
}
