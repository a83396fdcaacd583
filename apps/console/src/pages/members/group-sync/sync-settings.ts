import type { GroupSyncSettings } from './group-sync-queries.ts'

export const DEFAULTS: GroupSyncSettings = {
  clientId: '',
  groupId: '',
  members: 'direct',
  role: 'developer',
  revoke: true,
  schedule: true,
  skipDisabled: true,
  maxRemovalPercent: 50,
}

export const SETTING_NAMES = Object.keys(DEFAULTS)
