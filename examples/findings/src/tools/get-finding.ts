import { z } from 'zod'
import { CVE_WITH_REPOSITORIES } from '../store/cve.ts'
import { FINDING, FINDING_ID } from '../store/finding.ts'
import { READ_ONLY, Refusal, tool } from './tool.ts'

export const getFinding = tool({
  name: 'get_finding',
  title: 'Get a finding',
  description: 'One finding with everything known about it, the CVE behind it included.',
  input: z.object({ id: FINDING_ID }),
  output: FINDING.extend({ advisory: CVE_WITH_REPOSITORIES.nullable() }),
  annotations: READ_ONLY,
  run({ id }, { inventory: { findings, cves } }) {
    const finding = findings.find(id)
    if (!finding) throw new Refusal(`There is no finding ${id}.`)
    return { ...finding, advisory: (finding.cve !== null && cves.find(finding.cve)) || null }
  },
})
