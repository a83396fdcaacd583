import { Alert, Radio, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { LinesInput } from '../../ui/lines-input.tsx'
import type { JitValues } from './jit-values.ts'

interface JitFieldsProps {
  readonly form: UseFormReturnType<JitValues>
  /** A claim that is usual with this kind. */
  readonly claimExample: string
}

/** Who becomes a member by calling. */
export function JitFields({ form, claimExample }: JitFieldsProps) {
  const { jit, jitWho } = form.values
  return (
    <Stack gap="md">
      <Switch
        label="Make members at their first call"
        description="Otherwise only people whom you add, import or sync are let in. Whoever is removed by hand stays out."
        {...form.getInputProps('jit', { type: 'checkbox' })}
      />
      {jit && (
        <>
          <Radio.Group label="Who" {...form.getInputProps('jitWho')}>
            <Stack gap={6} mt={6}>
              <Radio value="claim" label="Whoever has one of these values in a claim of the token" />
              <Radio value="anybody" label="Whoever the connection accepts" />
            </Stack>
          </Radio.Group>
          {jitWho === 'claim' ? (
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput label="Claim" placeholder={claimExample} {...form.getInputProps('jitClaim')} />
              <LinesInput label="Values" description="One a line" {...form.getInputProps('jitValues')} />
            </SimpleGrid>
          ) : (
            <Alert color="yellow" variant="light">
              Everybody who is given such a token becomes a member: all of a company, if its provider gives it to all.
            </Alert>
          )}
          <Select
            label="Role"
            description="Never an owner: that is for an owner to decide"
            data={[
              { value: 'developer', label: 'Developer' },
              { value: 'admin', label: 'Admin' },
            ]}
            allowDeselect={false}
            maw={320}
            {...form.getInputProps('jitRole')}
          />
        </>
      )}
    </Stack>
  )
}
