/** Breaks at spaces, and within words that are longer than a line; what follows is indented by the label's length. */
export function wrap(text: string, label: string, width: number): string[] {
  const room = Math.max(1, width - label.length)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((part) => part.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [''])) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((part, index) => `${index === 0 ? label : ' '.repeat(label.length)}${part}`)
}
