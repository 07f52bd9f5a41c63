"""`ezhang run`: first start, migration, then the processes of this system under the supervisor."""

from __future__ import annotations

import asyncio
import http.client
import os
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TextIO

import qrcode

from server import local_tls
from server.addresses import EVERY_ADDRESS, LOOPBACK, check_port, reachable_address
from server.firststart import make_folders, prepare
from server.settings import MAX_PORT, Settings
from server.supervisor import ProcessSpec, Supervisor, sole_supervisor

__all__ = ["announce", "ask_ready", "processes", "run"]

READY_PATH = "/health/ready"
READY_TIMEOUT_S = 2.0
INSPECTOR_WORKERS = 2
PORT_STEP = 10
WEB_STOP_S = 5.0
"""More than the web process's own grace. Sanic hangs when it is stopped before all its workers have
reported, so a stop in the first second runs into this limit."""

QR_QUIET_MODULES = 2

PASSED_ON = frozenset(
    {"PATH", "HOME", "USER", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"}
    | {"SSL_CERT_FILE", "SSL_CERT_DIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
)
"""What every process gets of our own environment; nothing else, for variables often hold secrets."""


TOKEN_PASSED_ON = frozenset({"SOFTHSM2_CONF"})
"""What the sealer gets besides: where the software token of development and tests has its folder."""


def run(settings: Settings, environ: Mapping[str, str] = os.environ, out: TextIO = sys.stdout) -> int:
    """Run everything until a signal says stop; returns the exit status.

    Raises what `prepare`, `check_port` and `sole_supervisor` raise, before anything was started.
    """
    make_folders(settings)
    with sole_supervisor(settings.run_folder) as lock:
        # Before the first start, or a port that is taken would be fixed in the data folder.
        _check_ports(settings)
        settings = prepare(settings, datetime.now(UTC))
        specs = processes(settings, environ)
        migrate = _python("server.cli", "migrate")
        status = subprocess.run(migrate, env=_settings_env(settings, environ)).returncode
        if status:
            return status
        return asyncio.run(_supervise(settings, specs, lock, out))


def processes(settings: Settings, environ: Mapping[str, str]) -> Sequence[ProcessSpec]:
    """The processes in the order of their start. Only web and sealer get settings."""
    bare = _bare_env(environ)
    full = _settings_env(settings, environ)
    inspector = _python(
        "server.inspector", str(settings.inspector_socket), "--workers", str(INSPECTOR_WORKERS)
    )
    specs = [ProcessSpec("inspector", inspector, bare)]
    if settings.own_sandbox:
        specs.append(ProcessSpec("sandbox", _sandbox(settings), bare))
    token = {name: value for name, value in environ.items() if name in TOKEN_PASSED_ON}
    specs.append(ProcessSpec("sealer", _python("server.sealer"), {**full, **token}))
    web = _python("server.web")
    specs.append(ProcessSpec("web", web, full, watch_workers=True, stop_limit_s=WEB_STOP_S))
    return specs


def ask_ready(settings: Settings) -> bool:
    """Whether the web process says that everything it needs is there. Blocks for a moment."""
    host = reachable_address(settings.host) if settings.host not in EVERY_ADDRESS else LOOPBACK
    connection: http.client.HTTPConnection
    if settings.https:
        trusted = ssl.create_default_context(cafile=str(settings.tls_certificate))
        connection = http.client.HTTPSConnection(
            host, settings.port, timeout=READY_TIMEOUT_S, context=trusted
        )
    else:
        connection = http.client.HTTPConnection(host, settings.port, timeout=READY_TIMEOUT_S)
    try:
        connection.request("GET", READY_PATH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def announce(settings: Settings, out: TextIO) -> None:
    """Print the address and a QR code of it for the phone."""
    lines = ["", "e章通 已就绪 · ready", f"  电脑和手机 · computer and phone:  {settings.public_url}/"]
    if settings.development:
        lines.append(f"  沙箱环境 · sandbox (短信收件箱 · SMS inbox):  {settings.sandbox_public_url}/")
        lines.append("  开发环境：登记机关、短信、实名核验均为模拟，印章不具法律效力。")
        lines.append(
            "  Development: registrar, SMS and identity check are stand-ins; the seals have no legal force."
        )
    if reachable_address(settings.host) == LOOPBACK:
        lines.append("  本机没有局域网地址，手机无法打开。 · No LAN address: a phone cannot open it.")
    if settings.https:
        told = local_tls.shown(settings.tls_certificate)
        lines.append(f"  手机提示证书 · why the phone warns:  {settings.public_url}/https")
        lines.append(f"  SHA-256  {told.fingerprint}")
    lines.append("  停止 · stop:  Ctrl-C")
    code = qrcode.QRCode(border=QR_QUIET_MODULES)
    code.add_data(f"{settings.public_url}/")
    try:
        print("\n".join(lines), file=out)
        code.print_ascii(out=out, tty=out.isatty(), invert=True)
        out.flush()
    except (OSError, UnicodeEncodeError):
        # A closed or a non-Unicode terminal must not stop what already runs.
        pass


async def _supervise(settings: Settings, specs: Sequence[ProcessSpec], lock: int, out: TextIO) -> int:
    supervisor = Supervisor(specs, settings.run_folder, lock=lock, out=out)
    ready = partial(asyncio.to_thread, ask_ready, settings)
    return await supervisor.run(ready, partial(announce, settings, out))


def _check_ports(settings: Settings) -> None:
    suggestion = min(settings.port + PORT_STEP, MAX_PORT)
    check_port(settings.host, settings.port, suggestion)
    if settings.own_sandbox:
        check_port(settings.host, settings.sandbox_port, suggestion)
    if settings.own_tsa:
        check_port(LOOPBACK, settings.tsa_port, suggestion)


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    # -P: a folder named `server` where the user happens to stand must not be taken for ours.
    return (sys.executable, "-P", "-m", module, *arguments)


def _sandbox(settings: Settings) -> tuple[str, ...]:
    return _python(
        "server.sandbox",
        *("--host", settings.host),
        *("--port", str(settings.sandbox_port)),
        *("--data", str(settings.data / "sandbox")),
        *("--public-url", settings.sandbox_public_url),
        *("--return-origin", settings.public_url),
    )


def _bare_env(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if name in PASSED_ON}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def _settings_env(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    return {**_bare_env(environ), **settings.environment()}
