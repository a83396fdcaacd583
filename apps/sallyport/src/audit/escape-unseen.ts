/** Control and format characters, and separators of lines: they move cursors, reverse what follows, or end lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Text with what nobody sees written out, as JSON does it: what callers and servers write can then look like nothing else,
 * neither on a terminal nor to readers that break lines at more than LF. JSON stays the JSON that it was.
 */
export const escapeUnseen = (text: string, kept = ''): string =>
  text.replace(UNSEEN, (found) =>
    kept.includes(found) ? found : Array.from({ length: found.length }, (_, at) => unit(found, at)).join(''),
  )

const unit = (text: string, at: number): string => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
