"""Azure's service tags, which stand where an address may stand, and mean the same to everybody.

https://learn.microsoft.com/azure/virtual-network/service-tags-overview
"""

import re

_TAGS = frozenset(
    """
actiongroup apimanagement apimanagementsaas appconfiguration appservice appservicemanagement
autonomousdevelopmentplatform azureactivedirectory azureactivedirectorydomainservices
azureadvancedthreatprotection azurearcinfrastructure azureattestation azurebackup azurebotservice
azurecloud azurecognitivesearch azureconnectors azurecontainerappsservice azurecontainerregistry
azurecosmosdb azuredatabricks azuredataexplorermanagement azuredevops azuredevspaces
azuredigitaltwins azureeventgrid azurefrontdoor azurehealthcareapis azureinformationprotection
azureiothub azurekeyvault azurekubernetesservice azureloadbalancer
azureloadtestinginstancemanagement azuremachinelearning azuremachinelearninginference
azuremanagedgrafana azuremonitor azuremonitorforsap azureopendatasets azureplatformdns
azureplatformimds azureplatformlkm azurepolicy azureportal azureresourcemanager
azuresecuritycenter azuresentinel azuresignalr azuresiterecovery azuresphere azurespringcloud
azurestack azuretrafficmanager azureupdatedelivery azurewebpubsub batchnodemanagement chaosstudio
cognitiveservicesfrontend cognitiveservicesmanagement containerappsmanagement datafactory
datafactorymanagement dynamics365businesscentral dynamics365formarketingemail eventhub
gatewaymanager guestandhybridmanagement hdinsight internet kustoanalytics logicapps
logicappsmanagement m365managementactivityapi marketplace microsoftazurefluidrelay
microsoftcloudappsecurity microsoftcontainerregistry microsoftdefenderforendpoint
microsoftpurviewpolicydistribution none office365 officetelemetry oneds powerbi powerplatforminfra
powerplatformplex powerqueryonline scuba serialconsole servicebus servicefabric sql sqlmanagement
storage storagemover storagesyncservice virtualappliance virtualdesktop virtualnetwork
virtualnetworkgateway virtualnetworkserviceendpoint vnetlocal vnetpeering windowsvirtualdesktop
""".split()
)
_FORM = re.compile(r"([A-Za-z0-9]{1,50})((?:\.[A-Za-z0-9]{1,40})?)")


def is_tag(text: str) -> bool:
    """Tell whether this is a tag, or one of a region such as ``Storage.EastUS``."""
    parts = _FORM.fullmatch(text)
    return parts is not None and parts[1].lower() in _TAGS
