import { Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { JitFields } from './jit-fields.tsx'
import type { JitValues } from './jit-values.ts'
import type { KubernetesValues } from './kubernetes-values.ts'
import { MoreSettings } from './more-settings.tsx'

const VERIFY = [
  { value: 'auto', label: 'The issuer where one is set, else the API server' },
  { value: 'tokenreview', label: 'The API server (TokenReview)' },
  { value: 'oidc', label: 'The issuer’s keys; the API server never' },
  { value: 'both', label: 'Both, which have to agree' },
]

const INSIDE = ['requiredScope', 'acceptUsers', 'jit', 'jitClaim', 'jitValues', 'jitRole']

interface KubernetesFieldsProps {
  readonly form: UseFormReturnType<KubernetesValues>
  readonly audienceExample: string | undefined
}

export function KubernetesFields({ form, audienceExample }: KubernetesFieldsProps) {
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Cluster"
          description="One of clusters in sallyport.yaml; in-cluster is the one that Sallyport runs in"
          data-first-field
          classNames={{ input: 'mono' }}
          {...form.getInputProps('cluster')}
        />
        <TextInput
          label="Audience"
          description="What tokens must be for; empty: the address of the default server"
          placeholder={audienceExample}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('audience')}
        />
        <Select
          label="Who verifies tokens"
          description="None stands in for another that is down"
          data={VERIFY}
          allowDeselect={false}
          {...form.getInputProps('verify')}
        />
        <TextInput
          label="Issuer"
          description="Of the cluster’s tokens, exactly as they spell it"
          placeholder="https://kubernetes.default.svc"
          classNames={{ input: 'mono' }}
          {...form.getInputProps('issuer')}
        />
      </SimpleGrid>
      <MoreSettings label="More: users, scope" isNeeded={INSIDE.some((field) => form.errors[field] !== undefined)}>
        <Switch
          label="Let users of the cluster in, too"
          description="Otherwise everything but service accounts is refused"
          {...form.getInputProps('acceptUsers', { type: 'checkbox' })}
        />
        <TextInput
          label="Required scope"
          description="For an issuer that gives scopes; service accounts have none"
          maw={420}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('requiredScope')}
        />
        <JitFields form={form as unknown as UseFormReturnType<JitValues>} claimExample="namespace" />
      </MoreSettings>
    </Stack>
  )
}
