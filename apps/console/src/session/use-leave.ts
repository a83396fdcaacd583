import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { forgetNotices } from '../ui/notify.ts'

/** To the door. Nothing of whoever was here stays in this window for whoever comes next. */
export function useLeave(): () => Promise<void> {
  const client = useQueryClient()
  const navigate = useNavigate()
  return async () => {
    forgetNotices()
    client.clear()
    await navigate({ to: '/sign-in', search: {} })
  }
}
