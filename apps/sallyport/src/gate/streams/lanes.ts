import type { Turns } from './turns.ts'

/** In one lane at once: enough to keep a database busy, and too few to keep others from it. */
const AT_ONCE = 16

/** Work that waits in a lane for each teamspace: one whose questions take long holds up nobody else's. */
export interface Lanes<Item> {
  add(teamspaceId: string, item: Item): void
}

interface Lane<Item> {
  readonly queue: Item[]
  workers: number
}

/** `work` never rejects. */
export function createLanes<Item>(turns: Turns, work: (item: Item) => Promise<void>): Lanes<Item> {
  const lanes = new Map<string, Lane<Item>>()

  async function drain(teamspaceId: string, lane: Lane<Item>): Promise<void> {
    lane.workers += 1
    await inTurns(turns, lane.queue, work)
    lane.workers -= 1
    if (lane.workers === 0) lanes.delete(teamspaceId)
  }

  return {
    add(teamspaceId, item) {
      let lane = lanes.get(teamspaceId)
      if (!lane) lanes.set(teamspaceId, (lane = { queue: [], workers: 0 }))
      lane.queue.push(item)
      if (lane.workers < AT_ONCE) void drain(teamspaceId, lane)
    },
  }
}

/** One after the other, until the queue is empty. */
export async function inTurns<Item>(
  turns: Turns,
  queue: Item[],
  work: (item: Item) => Promise<void> | void,
): Promise<void> {
  while (queue.length > 0) {
    while (turns.isOver) await turns.next()
    const item = queue.shift() // another worker may have been faster
    if (item !== undefined) await work(item)
  }
}
