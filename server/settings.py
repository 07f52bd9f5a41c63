# ruff: noqa: RUF009 - a field made by a function is still a field
"""All settings, one line each: environment variable, how it is read, default.

Everything comes from the environment and is read once, at start. No setting is a secret but the
database's URL; secrets are files, read by the accessors of `server/secret_files.py`, each process its own.
"""

from __future__ import annotations

import dataclasses
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, Self
from urllib.parse import urlsplit

from auth.errors import DomainError, Invalid, Refused
from seals.policies import DEFAULT, POLICIES

__all__ = ["LICENCES", "MAX_PORT", "VERSION", "Keys", "Profile", "Settings", "pairs", "refuse_to_start"]

PORTS_NEEDED = 3
"""PORT for the pages, PORT+1 for the sandbox, PORT+2 for the built-in time-stamping service."""

MAX_PORT = 65_535 - (PORTS_NEEDED - 1)
MAX_WEB_WORKERS = 64
MAX_PROXIES = 8
MAX_TIME_SERVICES = 4
BUILT_IN = "builtin"
SES_PICTURES = ("png", "svg")
SANDBOX_APP_ID = "sandbox"
VERSION = "0.1.0"
MAX_SAID = 1000
MAX_TICKET_HOURS = 24 * 90
TICKET_HOURS = "question=24;complaint=72;feedback=120;privacy=360;abuse=24"
LICENCES = ("business", "certification", "cipher_product", "ca", "protection", "icp")
"""Business licence, 电子认证服务许可证, 商用密码产品认证, 电子认证使用密码许可, 等级保护备案, ICP."""
LINE_MAX = 120
WECHAT_JS_SDK = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
PUSH_HOSTS = "fcm.googleapis.com updates.push.services.mozilla.com *.push.apple.com *.notify.windows.com"
"""The push services of the browsers there are; nothing else is ever asked for a browser."""


class Profile(StrEnum):
    """What the deployment is for. Nothing made under one is opened under the other."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Keys(StrEnum):
    """Where the sealer's keys are: files in the data folder, or a PKCS#11 token."""

    FILES = "files"
    PKCS11 = "pkcs11"


def refuse_to_start(error: DomainError) -> NoReturn:
    """Say on standard error, in both languages, why this process does not start; exit status 2."""
    print(f"{error.zh}\n{error.en}", file=sys.stderr, flush=True)
    raise SystemExit(2)


def _profile(text: str) -> Profile:
    if not text:
        raise Invalid(
            "settings.no_profile",
            "没有指定运行环境，拒绝启动。请设置 EZHANG_PROFILE=development（开发试用，或直接运行 make run）"
            "或 EZHANG_PROFILE=production（正式使用）。",
            "No profile is set, so nothing is started. Set EZHANG_PROFILE=development (to try it out; "
            "`make run` does) or EZHANG_PROFILE=production.",
            field="EZHANG_PROFILE",
        )
    return Profile(text)


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def _switch(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError("0 or 1")
    return text == "1"


def _http_url(text: str) -> str:
    """An http or https URL without the slash at its end; empty stays empty. Raises ValueError."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises ValueError when it is none
    except ValueError:
        parts = urlsplit("")
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None):
        raise ValueError("http://host[:port] | https://host[:port]")
    return text.rstrip("/")


def _services(text: str) -> str:
    """One to `MAX_TIME_SERVICES` addresses or `BUILT_IN`, with single spaces between. Raises ValueError."""
    named = text.replace(",", " ").split()
    if len(named) > MAX_TIME_SERVICES or len(set(named)) < len(named):
        raise ValueError(f"at most {MAX_TIME_SERVICES} different addresses")
    return " ".join(each if each == BUILT_IN else _http_url(each) for each in named)


def _public_address(text: str) -> str:
    """What `PUBLIC_URL` may be: scheme, host, port and nothing more. Raises ValueError."""
    url = _http_url(text)
    parts = urlsplit(url)
    if parts.path or parts.query or parts.fragment:
        raise ValueError("http(s)://host[:port] without a path")
    return f"{parts.scheme}://{parts.netloc}".lower() if url else ""


def _word(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", text):
        raise ValueError("letters, digits, _ and -, at most 64")
    return text


def _line(text: str) -> str:
    if len(text) > LINE_MAX or not text.isprintable():
        raise ValueError(f"one line of at most {LINE_MAX} characters")
    return text


def _day(text: str) -> str:
    """A day as YYYY-MM-DD, or nothing. Raises ValueError."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise ValueError("YYYY-MM-DD") from None


def _host_names(text: str) -> str:
    names = text.replace(",", " ").split()
    if not all(re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+", name) for name in names):
        raise ValueError("names of hosts, *. before one for all below it")
    return " ".join(names)


def _database(text: str) -> str:
    if text and not re.match(r"(sqlite:///|postgres://|postgresql://)[^\s]", text):
        raise ValueError("sqlite:///absolute/path or postgres://user:password@host:5432/name")
    return text


def _policy(text: str) -> str:
    if text not in POLICIES:
        raise ValueError(" | ".join(sorted(POLICIES)))
    return text


def _keys(text: str) -> Keys:
    try:
        return Keys(text)
    except ValueError:
        raise ValueError(" | ".join(Keys)) from None


def _file(text: str) -> Path | None:
    return Path(text).absolute() if text else None


def _picture(text: str) -> str:
    if text not in SES_PICTURES:
        raise ValueError(" | ".join(SES_PICTURES))
    return text


def _said(text: str) -> str:
    """Words that a public page shows. Raises ValueError."""
    if len(text) > MAX_SAID or not text.isprintable():
        raise ValueError(f"at most {MAX_SAID} characters in one line")
    return text.strip()


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`name=value;name=value`. Raises ValueError."""
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    if any(not name.strip() or not value.strip() for name, _, value in parts):
        raise ValueError("name=value;name=value")
    return tuple((name.strip(), value.strip()) for name, _, value in parts)


def _licences(text: str) -> str:
    """Of the kinds that the help page has a line for. Raises ValueError."""
    if not {name for name, _ in pairs(text)} <= set(LICENCES):
        raise ValueError(";".join(f"{name}=…" for name in LICENCES))
    return _said(text)


def _ticket_hours(text: str) -> str:
    """Within how many hours a kind is answered. Raises ValueError."""
    if {name for name, _ in pairs(text)} != {name for name, _ in pairs(TICKET_HOURS)}:
        raise ValueError(TICKET_HOURS)
    for _, hours in pairs(text):
        _whole(1, MAX_TICKET_HOURS)(hours)
    return text


def _setting(variable: str, read: Callable[[str], Any], default: str, *, shown: bool = True) -> Any:
    """`shown`: whether `repr` may show the value."""
    return dataclasses.field(repr=shown, metadata={"variable": variable, "read": read, "default": default})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one deployment, complete: derived defaults are filled in by `from_env`."""

    profile: Profile = _setting("EZHANG_PROFILE", _profile, "")
    data: Path = _setting("EZHANG_DATA", lambda text: Path(text).absolute(), "./data")
    database: str = _setting("EZHANG_DATABASE", _database, "", shown=False)
    database_app_role: str = _setting("EZHANG_DATABASE_APP_ROLE", _word, "")
    host: str = _setting("HOST", str, "0.0.0.0")  # noqa: S104 phones must reach it
    port: int = _setting("PORT", _whole(1, MAX_PORT), "8000")
    public_url: str = _setting("PUBLIC_URL", _public_address, "")
    https: bool = _setting("HTTPS", _switch, "0")
    web_workers: int = _setting("EZHANG_WEB_WORKERS", _whole(1, MAX_WEB_WORKERS), "2")
    proxies: int = _setting("EZHANG_PROXIES", _whole(0, MAX_PROXIES), "0")
    sandbox_url: str = _setting("EZHANG_SANDBOX_URL", _http_url, "")
    sandbox_public_url: str = _setting("EZHANG_SANDBOX_PUBLIC_URL", _public_address, "")
    registrar_url: str = _setting("EZHANG_REGISTRAR_URL", _http_url, "")
    sms_url: str = _setting("EZHANG_SMS_URL", _http_url, "")
    identity_url: str = _setting("EZHANG_IDENTITY_URL", _http_url, "")
    public_security_url: str = _setting("EZHANG_PUBLIC_SECURITY_URL", _http_url, "")
    bank_url: str = _setting("EZHANG_BANK_URL", _http_url, "")
    wechat_url: str = _setting("EZHANG_WECHAT_URL", _http_url, "")
    wechat_login_url: str = _setting("EZHANG_WECHAT_LOGIN_URL", _http_url, "")
    wechat_app_id: str = _setting("EZHANG_WECHAT_APP_ID", _word, "")
    wechat_template: str = _setting("EZHANG_WECHAT_TEMPLATE", _word, "")
    wechat_js: bool = _setting("EZHANG_WECHAT_JS", _switch, "0")
    push_hosts: str = _setting("EZHANG_PUSH_HOSTS", _host_names, PUSH_HOSTS)
    tsa_url: str = _setting("EZHANG_TSA_URL", _services, BUILT_IN)
    tsa_roots: Path | None = _setting("EZHANG_TSA_ROOTS", _file, "")
    builtin_ca_answered_for: str = _setting("EZHANG_BUILTIN_CA_ANSWERED_FOR", str, "")
    maker_name: str = _setting("EZHANG_MAKER_NAME", _line, "")
    maker_licence: str = _setting("EZHANG_MAKER_LICENCE", _word, "")
    maker_until: str = _setting("EZHANG_MAKER_UNTIL", _day, "")
    keys: Keys = _setting("EZHANG_KEYS", _keys, Keys.FILES)
    pkcs11_module: Path | None = _setting("EZHANG_PKCS11_MODULE", _file, "")
    pkcs11_token: str = _setting("EZHANG_PKCS11_TOKEN", str, "")
    pkcs11_pin_file: Path | None = _setting("EZHANG_PKCS11_PIN_FILE", _file, "")
    policy: str = _setting("EZHANG_POLICY", _policy, DEFAULT)
    ses_version: int = _setting("EZHANG_SES_VERSION", _whole(4, 5), "4")
    ses_picture: str = _setting("EZHANG_SES_PICTURE", _picture, "png")
    provider: str = _setting("EZHANG_PROVIDER", _said, "")
    provider_licences: str = _setting("EZHANG_PROVIDER_LICENCES", _licences, "")
    support_contact: str = _setting("EZHANG_SUPPORT_CONTACT", _said, "")
    support_hours: str = _setting("EZHANG_SUPPORT_HOURS", _said, "")
    ticket_times: str = _setting("EZHANG_TICKET_HOURS", _ticket_hours, TICKET_HOURS)
    available_target: str = _setting("EZHANG_AVAILABILITY_TARGET", _said, "")
    in_service_since: str = _setting("EZHANG_IN_SERVICE_SINCE", _day, "")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the environment. Raises Invalid or Refused, with the variable's name in `field`.

        In production every stand-in and every gap is refused here, so no process can forget to.
        """
        values = {field.name: _read(field, environ) for field in dataclasses.fields(cls)}
        values["database"] = values["database"] or f"sqlite://{values['data'] / 'ezhang.db'}"
        here = _local(values["port"] + 2)
        values["tsa_url"] = " ".join(here if each == BUILT_IN else each for each in values["tsa_url"].split())
        if values["profile"] is Profile.DEVELOPMENT:
            sandbox = values["sandbox_url"] or _local(values["port"] + 1)
            for name in ("sandbox_url", "wechat_url", *_OUTSIDE):
                values[name] = values[name] or sandbox
            for name in ("wechat_app_id", "wechat_template"):
                values[name] = values[name] or SANDBOX_APP_ID
        settings = cls(**values)
        _check_token(settings)
        if not settings.development:
            _check_production(settings)
        return settings

    @property
    def development(self) -> bool:
        """Whether stand-ins are allowed."""
        return self.profile is Profile.DEVELOPMENT

    @property
    def sandbox_port(self) -> int:
        """Where our own sandbox listens, on the address of the web process."""
        return self.port + 1

    @property
    def own_sandbox(self) -> bool:
        """Whether the sandbox is one of our processes."""
        return self.sandbox_url == _local(self.sandbox_port)

    @classmethod
    def places(cls, environ: Mapping[str, str]) -> Self:
        """Only where data folder, database and roots are, which is the same under both profiles."""
        named = {name: environ[name] for name in _PLACES if name in environ}
        return cls.from_env({"EZHANG_PROFILE": Profile.DEVELOPMENT.value, **named})

    @property
    def ticket_hours(self) -> dict[str, int]:
        """Within how many hours a kind of ticket is answered."""
        return {kind: int(hours) for kind, hours in pairs(self.ticket_times)}

    @property
    def qualifications(self) -> tuple[tuple[str, str], ...]:
        """Every kind of licence with its number, empty where none is recorded."""
        known = dict(pairs(self.provider_licences))
        return tuple((name, known.get(name, "")) for name in LICENCES)

    @property
    def version(self) -> str:
        """The program's."""
        return VERSION

    @property
    def wechat_page(self) -> str:
        """Where a browser is sent to log in by WeChat; empty where that is not offered."""
        if self.wechat_url == self.sandbox_url and self.development:
            return self.wechat_login_url or f"{self.sandbox_public_url or self.sandbox_url}/wechat/authorize"
        return self.wechat_login_url

    @property
    def wechat_js_sdk(self) -> str:
        """Where WeChat's script (JS-SDK) lies; empty where pages do without (EZHANG_WECHAT_JS)."""
        if not self.wechat_js or not self.wechat_url:
            return ""
        if self.wechat_url == self.sandbox_url and self.development:
            return f"{self.sandbox_public_url or self.sandbox_url}/wechat/jweixin.js"
        return WECHAT_JS_SDK

    @property
    def push_services(self) -> tuple[str, ...]:
        """The push services that are asked (`auth/push.py::allowed`); in development the sandbox too."""
        sandbox = (self.sandbox_url,) if self.development and self.sandbox_url else ()
        return (*self.push_hosts.split(), *sandbox)

    @property
    def tsa_port(self) -> int:
        """Where the built-in time-stamping service listens, on the loopback address."""
        return self.port + 2

    @property
    def tsa_urls(self) -> tuple[str, ...]:
        """The time-stamping services, in the order in which they are asked."""
        return tuple(self.tsa_url.split())

    @property
    def own_tsa(self) -> bool:
        """Whether the built-in time-stamping service is one of them."""
        return self.own_tsa_url in self.tsa_urls

    @property
    def own_tsa_url(self) -> str:
        """Where the built-in time-stamping service is found beside us."""
        return _local(self.tsa_port)

    @property
    def run_folder(self) -> Path:
        """Sockets, pid files and locks."""
        return self.data / "run"

    @property
    def inspector_socket(self) -> Path:
        """Where the inspector listens."""
        return self.run_folder / "inspector.sock"

    @property
    def blobs_folder(self) -> Path:
        """The content-addressed store."""
        return self.data / "blobs"

    @property
    def trust_folder(self) -> Path:
        """Public certificates and the sealer's public key."""
        return self.data / "trust"

    @property
    def tls_certificate(self) -> Path:
        """The local certificate that `HTTPS=1` serves with."""
        return self.data / "tls" / "certificate.pem"

    @property
    def tls_key(self) -> Path:
        """Its private key."""
        return self.data / "tls" / "key.pem"

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        return Path(self.database.removeprefix("sqlite://")) if self.database.startswith("sqlite:") else None

    def crl_url(self, authority: str) -> str:
        """Where an authority's CRL is published (`seals.revocation`); it is written into certificates."""
        return f"{self.public_url}/crl/{authority}.crl"

    @property
    def ocsp_url(self) -> str:
        """Who answers about the P-256 certificates; it is written into them."""
        return f"{self.public_url}/ocsp"

    def environment(self) -> dict[str, str]:
        """The variables that make `from_env` give these settings again, for a process to be started."""
        return {
            field.metadata["variable"]: _text(getattr(self, field.name))
            for field in dataclasses.fields(self)
            if getattr(self, field.name) not in {"", None}
        }


_PLACES = ("EZHANG_DATA", "EZHANG_DATABASE", "EZHANG_TSA_ROOTS")
_OUTSIDE = ("registrar_url", "sms_url", "identity_url", "public_security_url", "bank_url")
_WECHAT = ("wechat_url", "wechat_login_url", "wechat_app_id")


_TOKEN = ("pkcs11_module", "pkcs11_token", "pkcs11_pin_file")


def _check_token(settings: Settings) -> None:
    for name in _TOKEN:
        if settings.keys is Keys.PKCS11 and not getattr(settings, name):
            variable = _variable(name)
            raise Invalid(
                "settings.pkcs11",
                f"EZHANG_KEYS=pkcs11 时必须设置 {variable}："
                "密码模块的路径、令牌的标签、存放令牌口令的文件（权限 0600），三者都没有默认值。",
                f"EZHANG_KEYS=pkcs11 needs {variable}: the module's path, the token's label and a file "
                "(mode 0600) with its PIN; none of them has a default.",
                field=variable,
            )


def _check_production(settings: Settings) -> None:
    if settings.sandbox_url:
        raise Refused(
            "production.sandbox",
            "正式环境不允许使用沙箱。请去掉 EZHANG_SANDBOX_URL。",
            "Production has no sandbox. Remove EZHANG_SANDBOX_URL.",
            field="EZHANG_SANDBOX_URL",
        )
    if settings.https:
        raise Refused(
            "production.local_certificate",
            "正式环境不使用自制证书。请去掉 HTTPS=1，由前置的反向代理提供 TLS。",
            "Production uses no home-made certificate. Remove HTTPS=1; the reverse proxy speaks TLS.",
            field="HTTPS",
        )
    if not settings.builtin_ca_answered_for:
        raise Refused(
            "production.builtin_ca",
            "内置的证书机构和时间戳服务不是依法设立的电子认证服务机构。若由您的单位对其负责，"
            "请把负责单位的名称写入 EZHANG_BUILTIN_CA_ANSWERED_FOR。",
            "The built-in CA and time-stamping service are no licensed certification service. If your "
            "organisation answers for them, put its name into EZHANG_BUILTIN_CA_ANSWERED_FOR.",
            field="EZHANG_BUILTIN_CA_ANSWERED_FOR",
        )
    for name in _OUTSIDE:
        if not getattr(settings, name):
            variable = _variable(name)
            raise Invalid(
                "production.missing",
                f"正式环境必须设置 {variable}（外部服务的地址）。",
                f"Production needs {variable} (the address of the outside service).",
                field=variable,
            )
        if not getattr(settings, name).startswith("https://"):
            variable = _variable(name)
            raise Invalid(
                "production.plain_http",
                f"{variable} 必须是 https:// 地址：传送的是个人信息，不得明文传输。",
                f"{variable} must be an address on https: what is sent there is personal data.",
                field=variable,
            )
    wechat = {name: getattr(settings, name) for name in _WECHAT}
    for name, value in wechat.items():
        # Login by WeChat is offered or not; offered by half it would fail at everybody's login.
        if any(wechat.values()) and (not value or value.startswith("http://")):
            variable = _variable(name)
            raise Invalid(
                "production.wechat",
                f"启用微信登录须同时设置 {'、'.join(map(_variable, _WECHAT))}，地址以 https:// 开头。"
                f"请检查 {variable}。",
                f"Login by WeChat needs {', '.join(map(_variable, _WECHAT))} together, addresses on https. "
                f"See {variable}.",
                field=variable,
            )
    if not settings.public_url.startswith("https://"):
        raise Invalid(
            "production.public_url",
            "正式环境必须设置 PUBLIC_URL，并以 https:// 开头；二维码中写的就是这个地址。",
            "Production needs PUBLIC_URL, beginning with https://; this address goes into the QR codes.",
            field="PUBLIC_URL",
        )


def _local(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _variable(name: str) -> str:
    return str(Settings.__dataclass_fields__[name].metadata["variable"])


def _read(field: dataclasses.Field[Any], environ: Mapping[str, str]) -> Any:
    variable, read = field.metadata["variable"], field.metadata["read"]
    text = environ.get(variable, "").strip() or field.metadata["default"]
    try:
        return read(text)
    except DomainError:
        raise
    except ValueError as wrong:
        allowed = " | ".join(Profile) if read is _profile else str(wrong)
        raise Invalid(
            "settings.bad_value",
            f"环境变量 {variable} 的值不正确，应为：{allowed}。",
            f"The environment variable {variable} has a wrong value; it must be: {allowed}.",
            field=variable,
        ) from None


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
