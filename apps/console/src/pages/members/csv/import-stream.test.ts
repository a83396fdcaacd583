/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProblemError } from '../../../api/client.ts'
import { readNews } from './import-stream.ts'
import type { ImportNews } from './import-stream.ts'

const COUNTS = { added: 1, updated: 0, already: 0, duplicate: 0, withheld: 0, invalid: 1, conflict: 0, forbidden: 0 }
const SUMMARY = { id: 'i', mode: 'each-row', written: true, rows: 2, counts: COUNTS }
const LINES = [
  { line: 2, email: 'zoë@acme.example', outcome: 'added' },
  { line: 3, email: 'bert', outcome: 'invalid', problem: 'email must be an e-mail address' },
  { progress: { done: 2, of: 2 } },
  { summary: SUMMARY },
]

const linesOf = (lines: readonly object[]) =>
  new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))

function inChunksOf(size: number, bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const starts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size)
  return new ReadableStream({
    start(controller) {
      starts.forEach((start) => controller.enqueue(bytes.slice(start, start + size)))
      controller.close()
    },
  })
}

async function readAll(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<ImportNews> {
  const all: ImportNews[] = []
  for await (const news of readNews(body)) all.push(news)
  return all.reduce((before, { results, ...news }) => ({
    ...before,
    ...news,
    results: [...before.results, ...results],
  }))
}

for (const size of [1, 7, 64, 10_000]) {
  test(`a report of an import reads the same however the network cuts it: ${size} bytes at a time`, async () => {
    const { results, progress, summary } = await readAll(inChunksOf(size, linesOf(LINES)))
    assert.deepEqual(results, LINES.slice(0, 2))
    assert.deepEqual(progress, { done: 2, of: 2 })
    assert.deepEqual(summary, SUMMARY)
  })
}

test('an import whose teamspace went away meanwhile says so', async () => {
  const body = inChunksOf(64, linesOf([LINES[0]!, { problem: { detail: 'This teamspace was removed' } }]))
  await assert.rejects(
    readAll(body),
    (error) => error instanceof ProblemError && error.message === 'This teamspace was removed',
  )
})

test('a connection that breaks on the way is no import that ended', async () => {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(linesOf(LINES.slice(0, 1))),
    pull: (controller) => controller.error(new Error('reset')),
  })
  await assert.rejects(readAll(body), /cut off/)
})
