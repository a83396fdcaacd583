import { Table } from '@mantine/core'

const print = (value: unknown): string => {
  if (typeof value === 'string') return value
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string')
  return isList && value.length > 0 ? value.join(', ') : JSON.stringify(value)
}

/** Names and values. */
export function Facts({ facts }: { readonly facts: Readonly<Record<string, unknown>> }) {
  const stated = Object.entries(facts).filter(([, value]) => value !== undefined)
  if (stated.length === 0) return null
  return (
    <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={0} layout="fixed">
      <Table.Tbody>
        {stated.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w={130} fw={400} c="dimmed" style={{ verticalAlign: 'top' }}>
              {toWords(name)}
            </Table.Th>
            <Table.Td className="mono">{print(value)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** `upstreamStatus` as people say it. */
const toWords = (name: string): string => {
  const known = KNOWN[name]
  if (known !== undefined) return known
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/_/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const KNOWN: Readonly<Record<string, string>> = {
  email: 'E-mail',
  rpcMethod: 'Method',
  target: 'Tool or other',
  upstreamStatus: 'The server’s status',
  aadsts: 'AADSTS codes',
}
