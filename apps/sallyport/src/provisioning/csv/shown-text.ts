const MAX_LENGTH = 80

/** What a file said, fit for a report: short, and without characters that a terminal would obey. */
export function shownText(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
  return cut.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '�')
}
