import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Notice } from './notice.tsx'

/** No page has this address. */
export const MissingPage = () => <Missing isWhole />

/** There is no such teamspace, for this person at least. */
export const MissingTeamspace = () => <Missing isWhole={false} />

const Missing = ({ isWhole }: { readonly isWhole: boolean }) => (
  <Notice title="There is nothing here" says="The address is wrong, or what it led to is gone." isWhole={isWhole}>
    <Anchor component={Link} to="/">
      To the start
    </Anchor>
  </Notice>
)
