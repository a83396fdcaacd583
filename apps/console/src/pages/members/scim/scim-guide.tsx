import { Accordion, Code, List } from '@mantine/core'

/** Where the two values go, in the words of each identity provider. */
export function ScimGuide() {
  return (
    <Accordion variant="separated" multiple>
      <Accordion.Item value="entra">
        <Accordion.Control>In Microsoft Entra</Accordion.Control>
        <Accordion.Panel>
          <List type="ordered" size="sm" spacing="xs">
            <List.Item>
              Enterprise applications, New application, Create your own application; then Provisioning, mode Automatic.
            </List.Item>
            <List.Item>
              Tenant URL: the address above. Secret token: a token from here. Test connection, Save.
            </List.Item>
            <List.Item>
              Mappings, Provision Microsoft Entra ID Users: change the source of <Code>externalId</Code> from{' '}
              <Code>mailNickname</Code> to <Code>objectId</Code>. Without that users arrive, but nobody becomes a
              member.
            </List.Item>
            <List.Item>Assign people or groups to the application, and start provisioning.</List.Item>
          </List>
        </Accordion.Panel>
      </Accordion.Item>
      <Accordion.Item value="okta">
        <Accordion.Control>In Okta</Accordion.Control>
        <Accordion.Panel>
          <List type="ordered" size="sm" spacing="xs">
            <List.Item>Applications, the app, General, App Settings: Enable SCIM provisioning.</List.Item>
            <List.Item>
              Base URL: the address above. Unique identifier field: <Code>userName</Code>. Authentication: HTTP Header,
              with a token from here for the OpenID Connect connection.
            </List.Item>
            <List.Item>
              Provisioning, To App: create, update and deactivate users. Map <Code>externalId</Code> to what the access
              tokens have as subject. Okta’s own choice is the user’s id, while <Code>sub</Code> is the login unless the
              authorization server says otherwise.
            </List.Item>
          </List>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}
