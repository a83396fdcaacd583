import { crc32, deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const MAX_COLOURS = 256
/** As many as cover nearly all; the others are chosen so that no colour is far from all. */
const COMMON_COLOURS = 160

interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly pixels: Uint8Array
}

/**
 * The same picture with at most 256 colours, which is a third of the bytes: screens of a console have few, and the
 * rarest are but edges of letters. For what a browser writes: eight bits a channel, not interlaced, nothing transparent.
 */
export function smallPng(png: Buffer): Buffer {
  const picture = decode(png)
  const { width, height, channels, pixels } = picture
  const palette = paletteOf(picture)
  const nearest = new Map(palette.map((colour, index) => [colour, index]))
  const rows = Buffer.alloc(height * (width + 1)) // each begins with its filter, which is none
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += channels) {
      rows[row * (width + 1) + 1 + column] = indexOf(colourAt(pixels, at), palette, nearest)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3], 8) // eight bits, each an index into the palette
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const colourAt = (pixels: Uint8Array, at: number): number =>
  (pixels[at]! << 16) | (pixels[at + 1]! << 8) | pixels[at + 2]!

function paletteOf({ pixels, channels }: Picture): number[] {
  const counts = new Map<number, number>()
  for (let at = 0; at < pixels.length; at += channels) {
    const colour = colourAt(pixels, at)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  const byCount = [...counts].sort(([, one], [, other]) => other - one).map(([colour]) => colour)
  const palette = byCount.slice(0, COMMON_COLOURS)
  const rest = new Map(byCount.slice(COMMON_COLOURS).map((colour) => [colour, Infinity]))
  const bringNearer = (chosen: number) => {
    for (const [colour, near] of rest) rest.set(colour, Math.min(near, distance(colour, chosen)))
  }
  palette.forEach(bringNearer)
  while (palette.length < MAX_COLOURS && rest.size > 0) {
    const [farthest] = [...rest].reduce((most, each) => (each[1] > most[1] ? each : most))
    rest.delete(farthest)
    palette.push(farthest)
    bringNearer(farthest)
  }
  return palette
}

function indexOf(colour: number, palette: readonly number[], known: Map<number, number>): number {
  const found = known.get(colour)
  if (found !== undefined) return found
  const distances = palette.map((each) => distance(each, colour))
  const index = distances.indexOf(Math.min(...distances))
  known.set(colour, index)
  return index
}

const distance = (one: number, other: number): number =>
  [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0)

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, checksum])
}

function decode(png: Buffer): Picture {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const channels = { 2: 3, 6: 4 }[png[25]!]
  if (channels === undefined || png[24] !== 8 || png[28] !== 0) throw new Error('not a picture as browsers write them')
  const packed: Buffer[] = []
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') packed.push(png.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  return { width, height, channels, pixels: unfilter(inflateSync(Buffer.concat(packed)), width * channels, channels) }
}

/** Each row says how it was foretold from its neighbours (PNG, 9.2). */
function unfilter(rows: Buffer, stride: number, channels: number): Uint8Array {
  const pixels = new Uint8Array((rows.length / (stride + 1)) * stride)
  for (let row = 0; row * (stride + 1) < rows.length; row++) {
    const filter = rows[row * (stride + 1)]!
    for (let column = 0; column < stride; column++) {
      const at = row * stride + column
      const left = column >= channels ? pixels[at - channels]! : 0
      const above = row > 0 ? pixels[at - stride]! : 0
      const corner = row > 0 && column >= channels ? pixels[at - stride - channels]! : 0
      pixels[at] = rows[row * (stride + 1) + 1 + column]! + foretold(filter, left, above, corner)
    }
  }
  return pixels
}

function foretold(filter: number, left: number, above: number, corner: number): number {
  if (filter === 0) return 0
  if (filter === 1) return left
  if (filter === 2) return above
  if (filter === 3) return (left + above) >> 1
  const guess = left + above - corner
  const [byLeft, byAbove, byCorner] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)]
  if (byLeft <= byAbove && byLeft <= byCorner) return left
  return byAbove <= byCorner ? above : corner
}
