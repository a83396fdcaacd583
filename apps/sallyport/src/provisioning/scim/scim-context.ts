import type { Editor } from '../../teamspaces/edit-teamspace.ts'
import type { ScimConnectionKind } from './membership.ts'

/** For whom a request acts: all that it can see or change is this teamspace's. */
export interface ScimContext {
  readonly editor: Editor
  readonly teamspaceId: string
  readonly slug: string
  readonly connectionKind: ScimConnectionKind
}
