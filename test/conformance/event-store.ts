import type { EventStore, JSONRPCMessage } from '../../examples/findings/src/mcp/sdk.ts'

/** What a client missed between two connections (`Last-Event-ID`), for as long as its session lives. */
export function memoryEventStore(most = 1000): EventStore {
  const events: { id: string; streamId: string; message: JSONRPCMessage }[] = []
  let count = 0
  return {
    async storeEvent(streamId, message) {
      const id = `${streamId}_${++count}`
      events.push({ id, streamId, message })
      if (events.length > most) events.shift()
      return id
    },
    async getStreamIdForEventId(eventId) {
      return events.find(({ id }) => id === eventId)?.streamId
    },
    async replayEventsAfter(lastEventId, { send }) {
      const last = events.findIndex(({ id }) => id === lastEventId)
      const streamId = events[last]?.streamId ?? ''
      for (const { id, message, streamId: of } of events.slice(last + 1))
        if (of === streamId && Object.keys(message).length > 0) await send(id, message)
      return streamId
    },
  }
}
