"""Azure's regions, as they stand in host names.

https://learn.microsoft.com/azure/reliability/regions-list, and the sovereign clouds' own.
"""

REGIONS = frozenset(
    """
asia asiapacific australia australiacentral australiacentral2 australiaeast australiasoutheast
austriaeast belgiumcentral brazil brazilsouth brazilsoutheast canadacentral canadaeast centralindia
centralus centraluseuap chilecentral chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2
chinanorth3 denmarkeast eastasia eastus eastus2 eastus2euap eastus3 francecentral francesouth
germanynorth germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest
jioindiacentral jioindiawest koreacentral koreasouth malaysiasouth malaysiawest mexicocentral
newzealandnorth northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral
southafricanorth southafricawest southcentralus southeastasia southindia spaincentral
swedencentral swedensouth switzerlandnorth switzerlandwest taiwannorth uaecentral uaenorth uksouth
ukwest usdodcentral usdodeast usgovarizona usgoviowa usgovtexas usgovvirginia westcentralus
westeurope westindia westus westus2 westus3
""".split()
)
