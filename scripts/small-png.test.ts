import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync, inflateSync } from 'node:zlib'
import { smallPng } from './small-png.ts'

const RED = [255, 0, 0]
const TEAL = [11, 114, 133]
const WHITE = [255, 255, 255]

/** Checksums are not looked at. */
function chunk(type: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
}

/** Rows of red, green and blue, each behind the filter that made it. */
function png(rows: readonly (readonly number[])[]): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  header.writeUInt32BE((rows[0]!.length - 1) / 3, 0)
  header.writeUInt32BE(rows.length, 4)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function partsOf(file: Buffer): Map<string, Buffer> {
  const parts = new Map<string, Buffer>()
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at)
    parts.set(file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  return parts
}

function coloursOf(file: Buffer): number[][][] {
  const parts = partsOf(file)
  const [palette, rows] = [parts.get('PLTE')!, inflateSync(parts.get('IDAT')!)]
  const colour = (index: number) => [...palette.subarray(index * 3, index * 3 + 3)]
  return [0, 1].map((row) => [1, 2, 3].map((column) => colour(rows[row * 4 + column]!)))
}

test('a small picture shows what the large one did', () => {
  const file = png([
    [0, ...RED, ...TEAL, ...WHITE],
    [0, ...WHITE, ...RED, ...TEAL],
  ])
  assert.deepEqual(coloursOf(smallPng(file)), [
    [RED, TEAL, WHITE],
    [WHITE, RED, TEAL],
  ])
})

test('rows are read by each filter that a browser may have chosen', () => {
  const again = (filter: number, row: number[]) => coloursOf(smallPng(png([[0, ...RED, ...RED, ...RED], [filter, ...row]])))[1] // prettier-ignore
  const nothing = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  assert.deepEqual(again(1, [...TEAL, 0, 0, 0, 0, 0, 0]), [TEAL, TEAL, TEAL], 'left')
  assert.deepEqual(again(2, nothing), [RED, RED, RED], 'above')
  assert.deepEqual(again(3, [128, 0, 0, 0, 0, 0, 0, 0, 0]), [RED, RED, RED], 'the mean of both')
  assert.deepEqual(again(4, nothing), [RED, RED, RED], 'whichever is nearest')
})

test('no more than 256 colours are left, and a rare one that is like no other stays', () => {
  const greys = Array.from({ length: 300 }, (_, index) => [index % 256, index % 256, index < 256 ? index : 255])
  const file = png([[0, ...greys.flat(), ...RED]])
  const palette = partsOf(smallPng(file)).get('PLTE')!
  assert.equal(palette.length, 256 * 3)
  assert.ok(palette.includes(Buffer.from(RED)))
})
