import { useEffect, useRef } from 'react'

/**
 * A page that was gone to has the focus, as after a load of the browser's own: the link that led there may be gone, and
 * who reads by ear hears the page and not the rest of the navigation.
 */
export function useFocusOfPage(pathname: string): void {
  const shown = useRef(pathname)
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    document.getElementById('page')?.focus({ preventScroll: true })
  }, [pathname])
}
