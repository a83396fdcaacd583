export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Beyond this many comparisons the middle is shown as replaced: nobody reads a diff of that size line by line. */
const MAX_COMPARISONS = 1_000_000

/** How one text became another, by lines: the longest common subsequence stays. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [one, other] = [toLines(before), toLines(after)]
  let start = 0
  while (start < one.length && start < other.length && one[start] === other[start]) start++
  let end = 0
  const most = Math.min(one.length, other.length) - start
  while (end < most && one[one.length - 1 - end] === other[other.length - 1 - end]) end++
  return [
    ...one.slice(0, start).map(same),
    ...diffMiddle(one.slice(start, one.length - end), other.slice(start, other.length - end)),
    ...one.slice(one.length - end).map(same),
  ]
}

const toLines = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'))
const same = (text: string): DiffLine => ({ kind: 'same', text })
const removed = (text: string): DiffLine => ({ kind: 'removed', text })
const added = (text: string): DiffLine => ({ kind: 'added', text })

function diffMiddle(one: readonly string[], other: readonly string[]): DiffLine[] {
  if (one.length * other.length > MAX_COMPARISONS) return [...one.map(removed), ...other.map(added)]
  const lengths = commonLengths(one, other)
  const width = other.length + 1
  const lines: DiffLine[] = []
  let [at, to] = [0, 0]
  while (at < one.length && to < other.length) {
    if (one[at] === other[to]) {
      lines.push(same(one[at]!))
      at++
      to++
    } else if (lengths[(at + 1) * width + to]! >= lengths[at * width + to + 1]!) lines.push(removed(one[at++]!))
    else lines.push(added(other[to++]!))
  }
  return [...lines, ...one.slice(at).map(removed), ...other.slice(to).map(added)]
}

/** At `at * width + to`: how much the texts from there on have in common. */
function commonLengths(one: readonly string[], other: readonly string[]): Uint32Array {
  const width = other.length + 1
  const lengths = new Uint32Array((one.length + 1) * width)
  for (let at = one.length - 1; at >= 0; at--) {
    for (let to = other.length - 1; to >= 0; to--) {
      const place = at * width + to
      lengths[place] =
        one[at] === other[to] ? lengths[place + width + 1]! + 1 : Math.max(lengths[place + width]!, lengths[place + 1]!)
    }
  }
  return lengths
}
