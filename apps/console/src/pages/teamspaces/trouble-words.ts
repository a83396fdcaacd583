import { KINDS } from '../connections/kinds.ts'
import { timeAgo } from '../../ui/time.tsx'
import type { Trouble } from './health.ts'

interface Words {
  readonly says: string
  /** The page of the teamspace where one sees more of it. */
  readonly path: string
  readonly hash?: string
  readonly search?: Readonly<Record<string, string>>
}

/** A trouble in a few words, with where it is looked into. */
export function troubleWords(trouble: Trouble): Words {
  switch (trouble.code) {
    case 'connection_failed':
      return { says: `${KINDS[trouble.kind].title}: the last test failed`, path: '/connections' }
    case 'connection_untested':
      return { says: `${KINDS[trouble.kind].title}: never tested`, path: '/connections' }
    case 'connection_changed':
      return { says: `${KINDS[trouble.kind].title}: changed since its test`, path: '/connections' }
    case 'calls_failing': {
      const { servers } = trouble
      const says = servers.length > 0 ? `Calls to ${servers.join(', ')} fail` : 'Calls fail'
      return { says, path: '/audit', search: { decision: 'fault' } }
    }
    case 'calls_refused':
      return { says: 'Most calls are refused', path: '/audit', search: { decision: 'denied' } }
    case 'group_sync_held':
      return { says: 'Group sync waits for somebody', path: '/members', hash: 'group-sync' }
    case 'group_sync_failed':
      return { says: 'Group sync: the last run failed', path: '/members', hash: 'group-sync' }
    case 'scim_silent':
      return { says: `SCIM: last heard of ${timeAgo(trouble.since)}`, path: '/members', hash: 'scim' }
  }
}
