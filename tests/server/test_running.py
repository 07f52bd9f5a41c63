"""What `ezhang run` starts and with what in hand; ports that are taken; what it prints."""

from __future__ import annotations

import hashlib
import io
import socket
import ssl
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from auth.errors import Conflict, Refused
from server.addresses import check_port, reachable_address
from server.firststart import prepare
from server.running import announce, ask_ready, processes, run
from server.settings import Settings

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
NOW_REALLY = datetime.now(UTC)  # a TLS client looks at the clock
HOST = "127.0.0.1"


def settings_for(tmp_path: Path, **more: str) -> Settings:
    base = {"EZHANG_PROFILE": "development", "EZHANG_DATA": str(tmp_path / "data"), "HOST": HOST}
    return Settings.from_env({**base, **more})


def free_below() -> socket.socket:
    """A listener whose port has a free one just below it."""
    for _ in range(100):
        listener = socket.create_server((HOST, 0))
        try:
            check_port(HOST, listener.getsockname()[1] - 1, 1)
            return listener
        except Conflict:
            listener.close()
    raise AssertionError("no two free ports side by side")


class Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_only_web_and_sealer_learn_where_data_and_database_are(tmp_path: Path) -> None:
    settings = prepare(settings_for(tmp_path), NOW)
    own = {
        "PATH": "/usr/bin",
        "EZHANG_DATABASE": "postgres://u:hunter2@db/x",
        "AWS_SECRET_ACCESS_KEY": "hunter2",
        "SOFTHSM2_CONF": "/etc/token.conf",
    }
    specs = {spec.name: spec for spec in processes(settings, own)}
    assert list(specs) == ["inspector", "sandbox", "sealer", "web"]
    for name in ("inspector", "sandbox"):
        assert not [variable for variable in specs[name].env if variable.startswith("EZHANG")]
    for name in ("sealer", "web"):
        assert Settings.from_env(specs[name].env) == settings
    for spec in specs.values():
        assert spec.env["PATH"] == "/usr/bin"
        assert "hunter2" not in spec.env.values()
    assert [spec.name for spec in specs.values() if spec.watch_workers] == ["web"]
    assert [name for name, spec in specs.items() if "SOFTHSM2_CONF" in spec.env] == ["sealer"]


def test_production_has_no_sandbox(tmp_path: Path) -> None:
    outside = {
        f"EZHANG_{name}_URL": f"https://{name.lower()}.cn"
        for name in ("REGISTRAR", "SMS", "IDENTITY", "PUBLIC_SECURITY", "BANK")
    }
    settings = Settings.from_env(
        {
            "EZHANG_PROFILE": "production",
            "EZHANG_DATA": str(tmp_path),
            "PUBLIC_URL": "https://seal.example.cn",
            "EZHANG_BUILTIN_CA_ANSWERED_FOR": "北京某某有限公司",
            **outside,
        }
    )
    assert [spec.name for spec in processes(settings, {})] == ["inspector", "sealer", "web"]


def test_a_taken_port_is_named_before_anything_is_made(tmp_path: Path) -> None:
    with free_below() as taken:
        port = taken.getsockname()[1]
        for settings in (settings_for(tmp_path, PORT=str(port)), settings_for(tmp_path, PORT=str(port - 1))):
            with pytest.raises(Conflict) as refusal:
                run(settings, {})
            assert refusal.value.code == "port.in_use"
            assert str(port) in refusal.value.zh
            assert str(port) in refusal.value.en
    assert not (tmp_path / "data" / "profile.json").exists()
    assert not (tmp_path / "data" / "secrets").exists()


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        check_port("198.51.100.7", 8000, 8010)
    assert refusal.value.code == "port.bad_address"


def test_the_address_for_others_is_one_we_can_listen_on() -> None:
    assert reachable_address(HOST) == HOST
    with socket.socket() as listener:
        listener.bind((reachable_address("0.0.0.0"), 0))  # noqa: S104 (not bound to)


def test_nothing_that_listens_is_not_ready(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as silent:
        port = silent.getsockname()[1]
    assert ask_ready(settings_for(tmp_path, PORT=str(port))) is False


@pytest.mark.parametrize("https", ["0", "1"])
def test_web_is_asked_whether_it_is_ready(tmp_path: Path, https: str) -> None:
    with HTTPServer((HOST, 0), Ready) as server:
        settings = prepare(settings_for(tmp_path, PORT=str(server.server_port), HTTPS=https), NOW_REALLY)
        if settings.https:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(settings.tls_certificate, settings.tls_key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        assert ask_ready(settings) is True
        answering.join()


def test_the_address_and_a_code_of_it_are_printed(tmp_path: Path) -> None:
    settings = prepare(settings_for(tmp_path), NOW)
    out = io.StringIO()
    announce(settings, out)
    text = out.getvalue()
    assert f"{settings.public_url}/" in text
    assert "沙箱环境" in text
    assert len([line for line in text.splitlines() if set(line) & set("█▀▄")]) >= 10


def test_a_home_made_certificate_is_named_where_the_phone_warns_of_it(tmp_path: Path) -> None:
    settings = prepare(settings_for(tmp_path, HTTPS="1"), NOW_REALLY)
    out = io.StringIO()
    announce(settings, out)
    der = ssl.PEM_cert_to_DER_cert(settings.tls_certificate.read_text())
    assert hashlib.sha256(der).hexdigest().upper() in out.getvalue().replace(":", "")
    assert f"{settings.public_url}/https" in out.getvalue()
