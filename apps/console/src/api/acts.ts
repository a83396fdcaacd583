/** Whether a person did something that no request has stood for yet; that the page was opened is the first of it. */
let hasActed = true

/** As people do things, a screen reader's clicks included. */
const ACTS = ['pointerdown', 'keydown', 'click', 'wheel'] as const

export function watchActs(target: Pick<EventTarget, 'addEventListener'>): void {
  for (const act of ACTS) target.addEventListener(act, () => (hasActed = true), { capture: true, passive: true })
}

/**
 * Whether the request that is about to be sent is the page's own doing: nobody did anything since the last one that was not.
 * Such requests do not keep a session alive, or a page that refreshes itself would do so for whoever has gone home.
 */
export function isByItself(): boolean {
  const isOwn = !hasActed
  hasActed = false
  return isOwn
}
