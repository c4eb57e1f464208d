"""Where a request comes from, as far as it can be trusted."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "192.0.2.0"
"""A bucket of its own: a network that RFC 5737 keeps for documentation."""


def client_address(request: HttpRequest) -> str:
    """Return the client's address; of IPv6 the /64 that one subscriber holds.

    With TRUSTED_PROXIES = n the n-th address from the right of X-Forwarded-For counts: that one was
    written by our own outermost proxy, everything left of it by whoever sent the request.
    """
    candidate = request.META.get("REMOTE_ADDR", "")
    hops = settings.TRUSTED_PROXIES
    if hops > 0:
        header = request.META.get("HTTP_X_FORWARDED_FOR", "")
        forwarded = [part.strip() for part in header.split(",") if part.strip()]
        if len(forwarded) >= hops:
            candidate = forwarded[-hops]
    return _widened(candidate, v4=32, v6=64)


def client_network(request: HttpRequest) -> str:
    """Return the network that limits are counted for: /24 of IPv4, /56 of IPv6."""
    return _widened(client_address(request), v4=24, v6=56)


def _widened(candidate: str, *, v4: int, v6: int) -> str:
    try:
        address = ipaddress.ip_address(candidate.strip("[]").split("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    prefix = v4 if address.version == 4 else v6
    network = ipaddress.ip_network((address, prefix), strict=False)
    return str(network.network_address)
