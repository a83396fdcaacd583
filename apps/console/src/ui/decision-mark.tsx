import { IconAlertTriangle, IconBan, IconCheck, IconPencil } from '@tabler/icons-react'
import { Mark } from './mark.tsx'

const LOOKS = {
  allowed: { Icon: IconCheck, color: 'teal', says: 'allowed' },
  denied: { Icon: IconBan, color: 'red', says: 'denied' },
  fault: { Icon: IconAlertTriangle, color: 'orange', says: 'fault' },
  change: { Icon: IconPencil, color: 'blue', says: 'change' },
} as const

/** How a call ended, or that somebody changed something. */
export function DecisionMark({ decision }: { readonly decision: keyof typeof LOOKS }) {
  const { says, ...look } = LOOKS[decision]
  return <Mark {...look}>{says}</Mark>
}
