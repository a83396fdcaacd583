import { Text } from '@mantine/core'

interface CalledProps {
  readonly target?: string | undefined
  readonly rpcMethod?: string | undefined
  readonly server?: string | undefined
}

/** What a call was for: the tool or the like, else the method, and where. */
export const Called = ({ target, rpcMethod, server }: CalledProps) => (
  <>
    <span className="mono">{target ?? rpcMethod ?? 'not read'}</span>
    {server !== undefined && (
      <Text span size="xs" c="dimmed">
        {' '}
        on {server}
      </Text>
    )}
  </>
)
