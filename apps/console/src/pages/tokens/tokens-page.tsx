import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { useDialogOf } from '../../ui/use-dialog-of.ts'
import { MintToken } from './mint-token.tsx'
import { MintedDialog } from './minted-dialog.tsx'
import { RevokeToken } from './revoke-token.tsx'
import { RotateToken } from './rotate-token.tsx'
import { TokenTable } from './token-table.tsx'
import { ownMemberIdQuery, tokensQuery } from './tokens-queries.ts'
import type { McpToken, MintedToken } from './tokens-queries.ts'

export function TokensPage() {
  const { slug, name, manages } = useTeamspace()
  const pages = useInfiniteQuery(tokensQuery(slug))
  const { data: ownMemberId } = useQuery(ownMemberIdQuery(slug))
  const [isMinting, { open, close }] = useDisclosure(false)
  const rotating = useDialogOf<McpToken>()
  const revoking = useDialogOf<McpToken>()
  const mintButton = useRef<HTMLButtonElement>(null)
  const [minted, setMinted] = useState<MintedToken>()
  const tokens = pages.data?.pages.flatMap((page) => page.tokens)
  const show = (token: MintedToken) => {
    close()
    rotating.close()
    setMinted(token)
  }
  const forget = () => {
    setMinted(undefined)
    mintButton.current?.focus()
  }
  const mint = (
    <Button ref={mintButton} leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Mint token
    </Button>
  )
  return (
    <>
      <PageHeader
        title="MCP tokens"
        about={
          manages
            ? `For clients that cannot sign in: one opens the servers of ${name} to whoever has it.`
            : 'For clients that cannot sign in: one opens the servers to whoever has it. You see those that you hold.'
        }
      >
        {tokens && tokens.length > 0 && mint}
      </PageHeader>
      <ProblemAlert error={pages.error} mb="md" />
      {pages.isPending && <RowsSkeleton />}
      {tokens?.length === 0 && (
        <EmptyState
          Icon={IconKey}
          title="No MCP token yet"
          says="Clients that can sign in need none. Mint one for a client or a program that can only be given a header; it is shown once, with what to paste where."
        >
          {mint}
        </EmptyState>
      )}
      {tokens && tokens.length > 0 && (
        <TokenTable tokens={tokens} ownMemberId={ownMemberId} onRotate={rotating.open} onRevoke={revoking.open} />
      )}
      <LoadMore pages={pages} />
      <Dialog opened={isMinting} title="Mint an MCP token" onClose={close}>
        <MintToken onMinted={show} onClose={close} />
      </Dialog>
      <Dialog opened={rotating.isOpen} title={`Rotate ${rotating.subject?.name ?? ''}`} onClose={rotating.close}>
        {rotating.subject && <RotateToken token={rotating.subject} onMinted={show} onClose={rotating.close} />}
      </Dialog>
      {revoking.subject && (
        <RevokeToken
          key={revoking.subject.id}
          token={revoking.subject}
          opened={revoking.isOpen}
          onClose={revoking.close}
        />
      )}
      {minted && <MintedDialog minted={minted} onClose={forget} />}
    </>
  )
}
