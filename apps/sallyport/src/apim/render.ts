import { apiPolicy } from './api-policy.ts'
import { authorizePolicy, faithfulAuthorizePolicy } from './authorize-policy.ts'
import { bicep, faithfulBicep } from './bicep.ts'
import { deployScript } from './deploy.ts'
import { faithfulApiPolicy } from './faithful-api-policy.ts'
import { faithfulDeployScript } from './faithful-deploy.ts'
import type { ApimInputs } from './inputs.ts'
import { asMetadataPolicy, faithfulPrmPolicy, prmPolicy } from './metadata-policies.ts'
import { faithfulReadme, readme } from './readme.ts'
import { tokenPolicy } from './token-policy.ts'

export const ARTEFACT_NAMES = [
  'apim.bicep',
  'policy.xml',
  'prm-policy.xml',
  'as-metadata-policy.xml',
  'authorize-policy.xml',
  'token-policy.xml',
  'deploy.sh',
  'README.md',
] as const

export type ArtefactName = (typeof ARTEFACT_NAMES)[number]
export type Artefacts = Readonly<Record<ArtefactName, string>>

/** All files of a gateway. The same inputs give the same bytes. */
export const renderApim = (inputs: ApimInputs): Artefacts => ({
  'apim.bicep': bicep(inputs),
  'policy.xml': apiPolicy(inputs),
  'prm-policy.xml': prmPolicy(inputs),
  'as-metadata-policy.xml': asMetadataPolicy(inputs, false),
  'authorize-policy.xml': authorizePolicy(inputs),
  'token-policy.xml': tokenPolicy(inputs),
  'deploy.sh': deployScript(inputs),
  'README.md': readme(inputs),
})

/** In the shape of the source guide: `/token` has no policy there. */
export const renderFaithfulApim = (inputs: ApimInputs): Omit<Artefacts, 'token-policy.xml'> => ({
  'apim.bicep': faithfulBicep(),
  'policy.xml': faithfulApiPolicy(inputs),
  'prm-policy.xml': faithfulPrmPolicy(inputs),
  'as-metadata-policy.xml': asMetadataPolicy(inputs, true),
  'authorize-policy.xml': faithfulAuthorizePolicy(inputs),
  'deploy.sh': faithfulDeployScript(inputs),
  'README.md': faithfulReadme(inputs),
})
