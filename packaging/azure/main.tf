# Makes the role of acr-diagnose-role.json and gives it to one managed identity: in the resource
# groups that are named, or in the whole subscription if none is.
terraform {
  required_version = ">= 1.3"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 3.0"
    }
  }
}

variable "principal_id" {
  type        = string
  description = "Object id (not client id) of the managed identity."
}

variable "resource_groups" {
  type        = set(string)
  default     = []
  description = "Those of the registry, the network and the machines; empty: the subscription."
}

data "azurerm_subscription" "current" {}

locals {
  # The rights stand in one file alone.
  role   = jsondecode(file("${path.module}/acr-diagnose-role.json"))
  home   = data.azurerm_subscription.current.id
  groups = toset([for group in var.resource_groups : "${local.home}/resourceGroups/${group}"])
  scopes = length(local.groups) > 0 ? local.groups : toset([local.home])
}

resource "azurerm_role_definition" "reader" {
  name              = local.role.Name
  description       = local.role.Description
  scope             = local.home
  assignable_scopes = [local.home]

  permissions {
    actions          = local.role.Actions
    not_actions      = local.role.NotActions
    data_actions     = local.role.DataActions
    not_data_actions = local.role.NotDataActions
  }
}

resource "azurerm_role_assignment" "reader" {
  for_each = local.scopes

  scope              = each.value
  role_definition_id = azurerm_role_definition.reader.role_definition_resource_id
  principal_id       = var.principal_id
  principal_type     = "ServicePrincipal"
}

output "role_definition_id" {
  value = azurerm_role_definition.reader.role_definition_resource_id
}
