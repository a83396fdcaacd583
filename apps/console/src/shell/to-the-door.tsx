import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { SessionView } from '../session/session.ts'

/**
 * Whoever is not signed in goes there first, and comes back to the page that they asked for. Once: the address changes
 * before the page does, and must not be what they come back to.
 */
export function ToTheDoor({ ways }: Pick<SessionView, 'ways'>) {
  const { href } = useLocation()
  const navigate = useNavigate()
  const [asked] = useState(href)
  const { bootstrap } = ways
  useEffect(() => {
    if (bootstrap) void navigate({ to: '/bootstrap', replace: true })
    else void navigate({ to: '/sign-in', search: asked === '/' ? {} : { to: asked }, replace: true })
  }, [asked, bootstrap, navigate])
  return null
}
