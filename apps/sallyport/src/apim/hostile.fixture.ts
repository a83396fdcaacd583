/** What has ended literals of some language before. */
export const HOSTILE = [
  ...['"', "'", '`', '"])@(', "'''", '${', '${x}', '$(id)', '`id`', '\\', "\\'", '\\"', '\n', '\r\n', '\0', '\u2028'],
  ...[
    ']]>',
    '<!--',
    '-->',
    '&#x22;',
    '&quot;',
    '&amp;',
    '<x/>',
    '"/><evil x="',
    '{{gateway-sentinel}}',
    '}}',
    '@{',
    '@(',
  ],
  ...[
    "'; az group delete #",
    '$((1))',
    '!!',
    '~',
    '*',
    '|',
    ';',
    '&&',
    '>',
    '\u202e',
    '\ufeff',
    '\ud800',
    'é',
    '漢字',
    '🔒',
  ],
  ...[
    '--force',
    '@/etc/passwd',
    '%0d%0a',
    '..',
    '/../',
    '?',
    '#',
    '@',
    ':',
    ' ',
    '\t',
    '__proto__',
    '\u0007',
    '\u00a0',
  ],
]

/** The same sequence at each run, so that a failure can be repeated (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `base` with one to three hostile pieces put in somewhere. */
export function spoil(base: string, random: () => number): string {
  let text = base
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
    const at = Math.floor(random() * (text.length + 1))
    text = text.slice(0, at) + HOSTILE[Math.floor(random() * HOSTILE.length)] + text.slice(at)
  }
  return text
}
