"""The metadata service, against control-plane 1 and its samples."""

from diagnose.lab.cloud import Identity
from diagnose.lab.healthy import TENANT


def test_imds_identity_answers(cloud, vm):
    good = vm.identity().json
    assert all(isinstance(v, str) for v in good.values())
    cloud.identities.clear()
    none = vm.identity()
    assert none.status == 400
    assert none.json == {"error": "invalid_request", "error_description": "Identity not found"}
    cloud.identities += [Identity("user", f"c{n}", f"o{n}", TENANT) for n in range(2)]
    assert vm.identity().json["error_description"].startswith("Multiple user assigned identities")


def test_imds_instance_shape_and_guards(cloud, vm):
    body = vm.imds("/instance?api-version=2021-02-01").json
    assert body["compute"]["resourceId"] == cloud.vm.resource_id
    address = body["network"]["interface"][0]["ipv4"]
    assert address["ipAddress"] == [{"privateIpAddress": "10.1.0.4", "publicIpAddress": ""}]
    assert address["subnet"] == [{"address": "10.1.0.0", "prefix": "24"}]
    url = "http://169.254.169.254/metadata/instance?api-version=2021-02-01"
    assert vm.ask("GET", url).status == 400
    both = {"Metadata": "true", "X-Forwarded-For": "1.2.3.4"}
    assert vm.ask("GET", url, both).status == 400
    assert vm.imds("/instance").json["newest-versions"]
    assert vm.imds("/loadbalancer?api-version=2020-10-01").status == 404
    cloud.vm.load_balancer_ip = "52.1.2.3"
    front = vm.imds("/loadbalancer?api-version=2020-10-01").json["loadbalancer"]
    assert front["publicIpAddresses"][0]["frontendIpAddress"] == "52.1.2.3"
