import pytest
from django.test import RequestFactory

from accounts.network import UNKNOWN, client_address, client_network


def request(address="203.0.113.7", forwarded=None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=address, **headers)


def test_without_proxies_a_forged_header_says_nothing(settings):
    settings.TRUSTED_PROXIES = 0
    assert client_address(request(forwarded="198.51.100.1")) == "203.0.113.7"


def test_behind_one_proxy_only_its_own_entry_counts(settings):
    settings.TRUSTED_PROXIES = 1
    assert client_address(request("10.0.0.1", "6.6.6.6, 198.51.100.1")) == "198.51.100.1"


def test_behind_two_proxies_the_second_from_the_right_counts(settings):
    settings.TRUSTED_PROXIES = 2
    assert client_address(request("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2")) == "198.51.100.1"


def test_missing_header_falls_back_to_the_connection(settings):
    settings.TRUSTED_PROXIES = 1
    assert client_address(request("10.0.0.1")) == "10.0.0.1"


@pytest.mark.parametrize("rubbish", ["nonsense", "999.1.1.1", "<script>"])
def test_rubbish_has_a_bucket_of_its_own(settings, rubbish):
    settings.TRUSTED_PROXIES = 1
    assert client_address(request("10.0.0.1", rubbish)) == UNKNOWN


def test_one_subscriber_of_ipv6_is_one_address(settings):
    settings.TRUSTED_PROXIES = 0
    one = client_address(request("2001:db8:1:2:3:4:5:6"))
    assert one == client_address(request("2001:db8:1:2:ffff::1"))
    assert one != client_address(request("2001:db8:1:3::1"))


def test_networks_differ_between_clients(settings):
    settings.TRUSTED_PROXIES = 0
    assert client_network(request("203.0.113.7")) == client_network(request("203.0.113.99"))
    assert client_network(request("203.0.113.7")) != client_network(request("203.0.114.7"))
