"""This machine's addresses and ports: where a phone in the same network reaches us, and what is taken."""

from __future__ import annotations

import errno
import socket

from auth.errors import Conflict, Refused

__all__ = ["EVERY_ADDRESS", "LOOPBACK", "check_port", "reachable_address"]

LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = ("0.0.0.0", "")  # noqa: S104 (compared with, not bound to)

_FAR_AWAY = ("192.0.2.1", 9)
"""RFC 5737 §3, reserved for documentation. Connecting a UDP socket sends nothing; it only makes the kernel
choose the address it would send from."""


def reachable_address(host: str) -> str:
    """The IPv4 address at which others reach a server bound to `host`; the loopback where there is none."""
    if host not in EVERY_ADDRESS:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_FAR_AWAY)
            address = str(probe.getsockname()[0])
        except OSError:
            return LOOPBACK
    return LOOPBACK if address in EVERY_ADDRESS else address


def check_port(host: str, port: int, suggestion: int) -> None:
    """Raise Conflict or Refused when the port cannot be listened on now; `suggestion`: a PORT to try."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _refusal(error.errno, host, port, suggestion) from None


def _refusal(code: int | None, host: str, port: int, suggestion: int) -> Conflict | Refused:
    if code == errno.EADDRINUSE:
        return Conflict(
            "port.in_use",
            f"端口 {port} 已被占用。请停止占用它的程序，或换一个端口：PORT={suggestion} make run",
            f"Port {port} is in use. Stop the program that uses it, or take another: "
            f"PORT={suggestion} make run",
            field="PORT",
        )
    if code == errno.EACCES:
        return Refused(
            "port.not_allowed",
            f"没有权限监听端口 {port}。请使用 1024 以上的端口：PORT=8000",
            f"This user may not listen on port {port}. Use one above 1024: PORT=8000",
            field="PORT",
        )
    return Refused(
        "port.bad_address",
        f"无法监听地址 {host}。HOST 应为本机的 IPv4 地址，或 0.0.0.0。",
        f"Cannot listen on {host}. HOST must be an IPv4 address of this machine, or 0.0.0.0.",
        field="HOST",
    )
