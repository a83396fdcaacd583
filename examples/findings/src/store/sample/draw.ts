import { hash } from 'node:crypto'

/** A number from 0 to below `sides`. */
export type Draw = (sides: number) => number

/** Numbers that follow from the seed alone: SHA-256 of the seed and a counter, four bytes at a time. */
export function drawFrom(seed: string): Draw {
  let counter = 0
  return (sides) => hash('sha256', `${seed}:${counter++}`, 'buffer').readUInt32BE() % sides
}

export const pick = <Item>(items: readonly Item[], draw: Draw): Item => items[draw(items.length)] as Item

const LAST_DAY = Date.UTC(2026, 10, 2)
const DAY = 86_400_000

/** Before a fixed day and not before today, so that the same teamspace has the same samples for ever. */
export const daysBefore = (days: number) => new Date(LAST_DAY - days * DAY).toISOString()
