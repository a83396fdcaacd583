import { Table, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './record-table.module.css'

interface RecordTableProps {
  readonly label: string
  readonly columns: readonly string[]
  /** Whether a last column, without a heading, holds what can be done with a row. */
  readonly hasActions?: boolean
  readonly children: ReactNode
}

/** A table whose rows become cards on a phone. The roles stay said: laid out as blocks, browsers would forget them. */
export function RecordTable({ label, columns, hasActions = false, children }: RecordTableProps) {
  return (
    <Table className="stack-on-phone" role="table" aria-label={label} verticalSpacing="sm" highlightOnHover>
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          {columns.map((column) => (
            <Table.Th key={column} role="columnheader" scope="col">
              {column}
            </Table.Th>
          ))}
          {hasActions && (
            <Table.Th role="columnheader" scope="col" w={1}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup">{children}</Table.Tbody>
    </Table>
  )
}

export const RecordRow = ({ children }: { readonly children: ReactNode }) => (
  <Table.Tr role="row" className={styles['row'] ?? ''}>
    {children}
  </Table.Tr>
)

interface RecordCellProps {
  /** The column, which a card has to name itself; left out where the value speaks for itself. */
  readonly label?: string
  /** Short values that read badly in two lines. */
  readonly isShort?: boolean
  /** A number: on a phone they stand beside each other. */
  readonly isNumber?: boolean
  readonly children: ReactNode
}

export const RecordCell = ({ label, isShort = false, isNumber = false, children }: RecordCellProps) => (
  <Table.Td
    role="cell"
    {...(label !== undefined && { 'data-label': label })}
    {...((isShort || isNumber) && { className: styles[isNumber ? 'number' : 'keep'] ?? '' })}
  >
    {children}
  </Table.Td>
)

/** What can be done with the row: on a phone in the corner of its card. */
export const ActionsCell = ({ children }: { readonly children: ReactNode }) => (
  <Table.Td role="cell" className={styles['actions'] ?? ''}>
    {children}
  </Table.Td>
)
