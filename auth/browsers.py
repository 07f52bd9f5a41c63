"""What is known of a browser that asks: its own words for itself, where it is, the device it runs on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from auth.tokens import hash_token

__all__ = [
    "Browser",
    "browser_name",
    "device_hash",
    "is_handset",
    "kept_agent",
    "masked_address",
    "same_network",
]

USER_AGENT_MAX = 300
DEVICE_PURPOSE = "device"
IPV4_NETWORK_BITS, IPV6_NETWORK_BITS = 24, 48  # what one office or household usually has
_HANDSET, _DESKTOP = r"Mobi|Android|HarmonyOS", r"Windows NT|Macintosh|X11|CrOS"
_SYSTEMS = (
    ("Windows", r"Windows"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("macOS", r"Mac OS X"),
    ("Linux", r"Linux"),
)
_BROWSERS = (
    ("微信 WeChat", r"MicroMessenger"),
    ("Edge", r"Edg/"),
    ("Firefox", r"Firefox/"),
    ("Chrome", r"Chrome/"),
    ("Safari", r"Safari/"),
)


@dataclass(frozen=True)
class Browser:
    """The browser that logs in. device: the token of its device cookie; session: the id of the one it has."""

    user_agent: str
    address: str
    device: str = field(repr=False)
    session: str | None = None

    @property
    def kept_agent(self) -> str:
        """As it is stored."""
        return kept_agent(self.user_agent)


def kept_agent(user_agent: str) -> str:
    """As it is stored: what a browser calls itself may be any bytes, the databases store text."""
    return "".join(c if c.isprintable() else "?" for c in user_agent[:USER_AGENT_MAX])


def device_hash(device: str) -> str:
    """How a device token is stored."""
    return hash_token(device, DEVICE_PURPOSE)


def browser_name(user_agent: str) -> str:
    """A browser in two words, as 「Chrome · Windows」; for people to recognise, not to trust."""

    def first(table: tuple[tuple[str, str], ...]) -> str | None:
        return next((name for name, pattern in table if re.search(pattern, user_agent)), None)

    known = [name for name in (first(_BROWSERS), first(_SYSTEMS)) if name]
    return " · ".join(known) or "程序接口 API"


def is_handset(user_agent: str) -> bool:
    """Whether a browser says that it runs on a phone or tablet; a tablet that calls itself a Mac is a PC."""
    return bool(re.search(_HANDSET, user_agent)) and not re.search(_DESKTOP, user_agent)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def masked_address(address: str) -> str:
    """A network without the host in it: 203.0.113.*, 2001:db8:7::*; `*` for what is no IP address."""
    found = _parsed(address)
    if isinstance(found, IPv4Address):
        return str(found).rpartition(".")[0] + ".*"
    if isinstance(found, IPv6Address):
        return f"{ip_network((found, IPV6_NETWORK_BITS), strict=False).network_address}*"
    return "*"


def same_network(left: str, right: str) -> bool:
    """Whether two addresses are of one network (IPv4 /24, IPv6 /48); unknown ones are of none."""
    one, other = _parsed(left), _parsed(right)
    if one is None or other is None or one.version != other.version:
        return False
    bits = IPV4_NETWORK_BITS if one.version == 4 else IPV6_NETWORK_BITS
    return other in ip_network((one, bits), strict=False)
