"""Which hosts channels may connect to: what an admin or a platform names may be a trap."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LOOK_UP = 2.0
"""Seconds for which a name is looked up when settings are saved. It is looked up again at every connection."""
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            # This host (RFC 1122, 3.2.1.3): Linux takes it for the loopback.
            "0.0.0.0/8",
            "::/128",
            # Link-local (RFC 3927, RFC 4291): among them 169.254.169.254, where clouds tell a machine its secrets.
            "169.254.0.0/16",
            "fe80::/10",
            # The same of AWS over IPv6, of Alibaba, of Azure, of Oracle.
            "fd00:ec2::/32",
            "100.100.100.200/32",
            "168.63.129.16/32",
            "192.0.0.0/24",
            # Many hosts, or none (RFC 5771, RFC 1112, RFC 4291).
            "224.0.0.0/4",
            "240.0.0.0/4",
            "ff00::/8",
        ),
    )
)
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks without IPv4 write them (RFC 6052, 2.1)."""


class Barred(OSError):
    """A host that channels do not connect to."""

    def __init__(self) -> None:
        super().__init__("a host that channels may not connect to")


@dataclass(frozen=True)
class Reach:
    """`channels.port.Reach`. Never to link-local hosts, where clouds keep a machine's credentials; to this
    machine and to private networks with `private`, since people's own mail servers are there."""

    private: bool = True

    def bars_address(self, host: str) -> bool:
        """Whether this is an address that is not connected to. A name is none: what it stands for decides."""
        address = _address(host)
        if address is None:
            return False
        return any(
            any(one in network for network in _NEVER) or not (self.private or one.is_global)
            for one in _meanings(address)
        )

    async def bars(self, host: str) -> bool:
        """The same, with a name looked up now. One that nobody knows, or not in time, bars nothing yet."""
        if _address(host) is not None:
            return self.bars_address(host)
        try:
            async with asyncio.timeout(LOOK_UP):
                found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, TimeoutError, UnicodeError):
            return False
        return any(self.bars_address(str(sockaddr[0])) for *_, sockaddr in found)

    def socket_for(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for one result of `getaddrinfo`. Raises Barred: the address itself is looked at, as late as can be,
        so that neither a name that changes its mind nor a redirect leads past this."""
        family, kind, protocol, _, sockaddr = info
        if self.bars_address(str(sockaddr[0])):
            raise Barred
        return socket.socket(family, kind, protocol)

    def connector(self) -> aiohttp.TCPConnector:
        """For an HTTP client that keeps to this."""
        return aiohttp.TCPConnector(limit=0, socket_factory=self.socket_for)

    async def connected(self, host: str, port: int) -> socket.socket:
        """A connection to a server. Raises Barred, and what else is an OSError."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise OSError("not the name of a host") from error
        trouble: OSError = OSError("the host has no address")
        for info in found:
            try:
                made = self.socket_for(info)
            except OSError as error:
                trouble = error
                continue
            try:
                made.setblocking(False)
                await loop.sock_connect(made, info[4])
            except OSError as error:
                made.close()
                trouble = error
            except BaseException:
                made.close()
                raise
            else:
                return made
        raise trouble


def host_of(named: str) -> str:
    """The host of a setting that is an address (`https://…`) or a host by itself; empty when it names none."""
    try:
        return (urlsplit(named).hostname or "") if "//" in named else named.strip().strip("[]")
    except ValueError:
        return ""


def _address(host: str) -> Address | None:
    """The address that a host is, also in the forms that only the system's library reads (`2130706433`, `0x7f.1`)."""
    try:
        return ipaddress.ip_address(host.partition("%")[0].strip("[]"))
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if host and host[0].isdigit() else None
    except (OSError, UnicodeError):
        return None


def _meanings(address: Address) -> list[Address]:
    """The address, and the IPv4 address that is written into it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inside: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    if address in _TRANSLATED:
        inside.append(ipaddress.IPv4Address(address.packed[-4:]))
    if address.teredo is not None:
        inside += address.teredo
    written = [one for one in inside if one is not None]
    # A mapped address is its IPv4 address and nothing besides.
    return written if address.ipv4_mapped is not None else [address, *written]
