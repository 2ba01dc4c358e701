// Makes the role of acr-diagnose-role.json and gives it to one managed identity: in the resource
// groups that are named, or in the whole subscription if none is.
targetScope = 'subscription'

@description('Object id, not client id, of the managed identity.')
param principalId string

@description('Those of the registry, the network and the machines; empty: the subscription.')
param resourceGroups array = []

// The rights stand in one file alone.
var role = loadJsonContent('acr-diagnose-role.json')

resource definition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, role.Name)
  properties: {
    roleName: role.Name
    description: role.Description
    type: 'CustomRole'
    assignableScopes: [
      subscription().id
    ]
    permissions: [
      {
        actions: role.Actions
        notActions: role.NotActions
        dataActions: role.DataActions
        notDataActions: role.NotDataActions
      }
    ]
  }
}

resource whole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (empty(resourceGroups)) {
  name: guid(subscription().id, principalId, definition.id)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definition.id
  }
}

module inGroup 'assignment.bicep' = [for group in resourceGroups: {
  name: 'acr-diagnose-${uniqueString(group, principalId)}'
  scope: resourceGroup(group)
  params: {
    principalId: principalId
    roleDefinitionId: definition.id
  }
}]

output roleDefinitionId string = definition.id
