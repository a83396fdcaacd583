import { notifications } from '@mantine/notifications'
import { ProblemError } from '../api/client.ts'

export const problemText = (error: unknown): string =>
  error instanceof ProblemError ? error.message : 'Something went wrong in this page; nothing was changed'

const closeButtonProps = { 'aria-label': 'Close' }

/** For actions without a form: what was wrong, in the corner. */
export const notifyProblem = (error: unknown): void => {
  notifications.show({
    color: 'red',
    title: 'That did not work',
    message: problemText(error),
    autoClose: 10_000,
    closeButtonProps,
  })
}

export const notifyDone = (message: string): void => {
  notifications.show({ color: 'teal', message, autoClose: 5_000, closeButtonProps })
}

/** They say names. */
export const forgetNotices = (): void => notifications.clean()
