import { editTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import type { ResourceDocument } from './document/document.ts'
import { checkIfMatch } from './etag.ts'
import type { ScimContext } from './scim-context.ts'
import type { ScimDenial } from './scim-error.ts'

/** Which resource, and in which version where the client minds. */
export interface Asked {
  readonly id: string
  readonly ifMatch?: string | undefined
}

export interface Change extends Asked {
  /** The document after, given the one before. */
  readonly change: (before: ResourceDocument) => ResourceDocument | ScimDenial
}

/** Where the resources of one type are, within an edit. */
export interface Shelf<Item, Repository extends { find(id: string): Promise<Item | undefined> }> {
  open(context: ScimContext, edit: TeamspaceEdit): Repository
  readonly unknown: () => ScimDenial
}

/** An edit of a resource that is there, in the version that the client knows (RFC 7644 §3.14). */
export function editResource<
  Item extends { readonly version: number },
  Repository extends { find(id: string): Promise<Item | undefined> },
>(
  { open, unknown }: Shelf<Item, Repository>,
  context: ScimContext,
  { id, ifMatch }: Asked,
  work: (found: { edit: TeamspaceEdit; repository: Repository; before: Item }) => Promise<Item | ScimDenial>,
): Promise<Item | ScimDenial | Refusal> {
  return editTeamspace(context.editor, context.slug, async (edit): Promise<Item | ScimDenial> => {
    const repository = open(context, edit)
    const before = await repository.find(id)
    if (!before) return unknown()
    return checkIfMatch(ifMatch, before.version) ?? work({ edit, repository, before })
  })
}
