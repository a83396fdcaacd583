import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'

/** A dialog about one of several: while it closes it still is about the same. */
export function useDialogOf<Subject>() {
  const [subject, setSubject] = useState<Subject>()
  const [isOpen, { open, close }] = useDisclosure(false)
  return {
    subject,
    isOpen,
    open: (chosen: Subject) => {
      setSubject(chosen)
      open()
    },
    close,
  }
}
