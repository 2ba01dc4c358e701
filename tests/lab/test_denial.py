"""Where and how a refused caller hears of it, today and in 2019."""


def denied(reply):
    assert reply.status == 403
    assert reply.json["errors"][0]["code"] == "DENIED"
    return reply.json["errors"][0]["message"]


def test_challenge_comes_before_the_denial_today(cloud, vm):
    cloud.registry.vnet_rules = []
    reply = vm.get("https://contoso.azurecr.io/v2/")
    assert reply.status == 401
    assert reply.headers["www-authenticate"] == (
        'Bearer realm="https://contoso.azurecr.io/oauth2/token",service="contoso.azurecr.io"'
    )


def test_older_behaviour_denies_at_v2_without_challenge(cloud, vm):
    cloud.registry.vnet_rules = []
    cloud.registry.denies_at = "v2"
    reply = vm.get("https://contoso.azurecr.io/v2/")
    assert denied(reply).startswith("client with IP '10.1.0.4'")
    assert "www-authenticate" not in reply.headers


def test_exchange_is_denied_too(cloud, vm):
    cloud.registry.vnet_rules = []
    assert denied(vm.exchange()).startswith("client with IP '10.1.0.4'")
