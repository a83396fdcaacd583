import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { request } from '../api/client.ts'

interface SignIn {
  readonly email?: string
  readonly password?: string
  /** An identity provider, chosen by name. */
  readonly provider?: string
}

/** An identity provider of the e-mail's domain, a password, or straight in. */
type Next =
  | { readonly next: 'redirect'; readonly location: string }
  | { readonly next: 'password' }
  | { readonly next: 'done'; readonly returnTo: string }

/** Paths of ours only: whoever made the link must not choose where a sign-in ends. */
export const ownPath = (to: string | undefined): string => (to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/')

export function useSignIn(to: string | undefined, onPassword: () => void) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const returnTo = ownPath(to)
  return useMutation({
    mutationFn: async (input: SignIn) =>
      (await request<Next>('/console/sign-in', { method: 'POST', body: { ...input, returnTo } })).body,
    gcTime: 0,
    onSuccess: async (answer) => {
      if (answer.next === 'redirect') return window.location.assign(answer.location)
      if (answer.next === 'password') return onPassword()
      client.clear() // whoever was here before may have been somebody else
      await navigate({ to: returnTo, replace: true })
    },
  })
}
