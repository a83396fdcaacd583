export function GroupSyncPanel() {
  return null
}
