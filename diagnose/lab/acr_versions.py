"""Which api-versions of Microsoft.ContainerRegistry exist, and which show virtualNetworkRules."""

# control-plane 4: which versions show virtualNetworkRules, and under which item name
OLD_NAME = "id"
NEW_NAME = "virtualNetworkSubnetResourceId"
WITH_RULES = {
    "2017-10-01": OLD_NAME,
    "2019-05-01": OLD_NAME,
    "2019-12-01-preview": OLD_NAME,
    "2020-11-01-preview": OLD_NAME,
    "2021-06-01-preview": OLD_NAME,
    "2021-08-01-preview": OLD_NAME,
    "2021-12-01-preview": OLD_NAME,
    "2026-03-01-preview": NEW_NAME,
    "2026-09-01-preview": NEW_NAME,
}
WITHOUT_RULES = (
    *("2021-09-01", "2022-02-01-preview", "2022-12-01", "2023-01-01-preview"),
    *("2023-06-01-preview", "2023-07-01", "2023-08-01-preview", "2023-11-01-preview"),
    *("2024-11-01-preview", "2025-03-01-preview", "2025-04-01", "2025-05-01-preview"),
    *("2025-06-01-preview", "2025-11-01", "2026-01-01-preview"),
)
VERSIONS = sorted({*WITH_RULES, *WITHOUT_RULES, "2017-03-01"}, reverse=True)
