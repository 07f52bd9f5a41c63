"""Settings: what is refused, what is derived, and that secrets show nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from auth.errors import DomainError, Invalid, NotFound, Refused
from server import secret_files
from server.settings import Profile, Settings

ROOT = Path(__file__).resolve().parents[2]
DEVELOPMENT = {"EZHANG_PROFILE": "development"}
PRODUCTION = {
    "EZHANG_PROFILE": "production",
    "EZHANG_DATABASE": "postgres://ezhang:hunter2@db:5432/ezhang",
    "PUBLIC_URL": "https://seal.example.cn",
    "EZHANG_REGISTRAR_URL": "https://registrar.example.cn",
    "EZHANG_SMS_URL": "https://sms.example.cn",
    "EZHANG_IDENTITY_URL": "https://identity.example.cn",
    "EZHANG_PUBLIC_SECURITY_URL": "https://police.example.cn",
    "EZHANG_BANK_URL": "https://bank.example.cn",
    "EZHANG_BUILTIN_CA_ANSWERED_FOR": "北京某某有限公司",
}


def test_development_needs_nothing_but_its_name() -> None:
    settings = Settings.from_env(DEVELOPMENT)
    assert settings.profile is Profile.DEVELOPMENT
    assert settings.data == Path("data").absolute()
    assert settings.database == f"sqlite://{Path('data/ezhang.db').absolute()}"
    assert settings.sqlite_path == settings.data / "ezhang.db"
    assert (settings.host, settings.port) == ("0.0.0.0", 8000)  # noqa: S104 (phones must reach it)
    assert (settings.https, settings.web_workers) == (False, 2)
    assert settings.sandbox_url == settings.sms_url == "http://127.0.0.1:8001"
    assert (settings.tsa_url, settings.own_tsa, settings.own_sandbox) == ("http://127.0.0.1:8002", True, True)
    assert settings.policy == "beijing-2019"
    assert (settings.ses_version, settings.ses_picture) == (4, "png")


WECHAT = {
    "EZHANG_WECHAT_URL": "https://api.weixin.example.cn",
    "EZHANG_WECHAT_LOGIN_URL": "https://open.weixin.example.cn/connect",
    "EZHANG_WECHAT_APP_ID": "wx1234567890abcdef",
}


def test_login_by_wechat_is_offered_in_development_and_where_it_is_set_up() -> None:
    here = Settings.from_env(DEVELOPMENT)
    assert (here.wechat_url, here.wechat_page) == (here.sandbox_url, f"{here.sandbox_url}/wechat/authorize")
    assert Settings.from_env(PRODUCTION).wechat_page == ""
    there = Settings.from_env({**PRODUCTION, **WECHAT})
    assert there.wechat_page == WECHAT["EZHANG_WECHAT_LOGIN_URL"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *((variable, "") for variable in WECHAT),
        ("EZHANG_WECHAT_URL", "http://api.weixin.example.cn"),
        ("EZHANG_WECHAT_LOGIN_URL", "http://open.weixin.example.cn/connect"),
    ],
)
def test_login_by_wechat_is_set_up_whole_or_not_at_all(variable: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Settings.from_env({**PRODUCTION, **WECHAT, variable: value})
    assert (refusal.value.code, refusal.value.field) == ("production.wechat", variable)


def test_the_app_secret_is_a_file_of_ones_own(tmp_path: Path) -> None:
    assert secret_files.wechat_secret(Settings.from_env(PRODUCTION)) == ""
    settings = Settings.from_env({**PRODUCTION, **WECHAT, "EZHANG_DATA": str(tmp_path)})
    with pytest.raises(NotFound):
        secret_files.wechat_secret(settings)
    path = tmp_path / "secrets" / "wechat.txt"
    path.parent.mkdir(mode=0o700)
    path.touch(mode=0o600)
    for text, good in (("0123456789abcdef\n", True), ("", False), ("a secret", False)):
        path.write_text(text)
        if good:
            assert secret_files.wechat_secret(settings) == text.strip()
        else:
            with pytest.raises(Refused):
                secret_files.wechat_secret(settings)
    path.write_text("0123456789abcdef")
    path.chmod(0o644)
    with pytest.raises(Refused):
        secret_files.wechat_secret(settings)


def test_production_that_is_complete_starts() -> None:
    settings = Settings.from_env(PRODUCTION)
    assert not settings.development
    assert settings.sandbox_url == ""
    assert not settings.own_sandbox
    assert settings.sqlite_path is None


@pytest.mark.parametrize("environ", [{}, {"EZHANG_PROFILE": ""}, {"EZHANG_PROFILE": "  "}])
def test_without_a_profile_nothing_starts(environ: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        Settings.from_env(environ)
    assert refusal.value.code == "settings.no_profile"


def test_the_program_says_so_in_both_languages_and_leaves_no_trace(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "EZHANG_DATA": str(tmp_path / "data"), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "server.cli", "run"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 2
    assert "没有指定运行环境" in done.stderr
    assert "EZHANG_PROFILE=development" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"EZHANG_SANDBOX_URL": "http://127.0.0.1:8001"}, "production.sandbox"),
        ({"HTTPS": "1"}, "production.local_certificate"),
        ({"EZHANG_BUILTIN_CA_ANSWERED_FOR": ""}, "production.builtin_ca"),
        ({"EZHANG_REGISTRAR_URL": ""}, "production.missing"),
        ({"EZHANG_SMS_URL": ""}, "production.missing"),
        ({"EZHANG_IDENTITY_URL": ""}, "production.missing"),
        ({"EZHANG_PUBLIC_SECURITY_URL": ""}, "production.missing"),
        ({"EZHANG_BANK_URL": ""}, "production.missing"),
        ({"EZHANG_REGISTRAR_URL": "http://registrar.example.cn"}, "production.plain_http"),
        ({"EZHANG_SMS_URL": "http://sms.example.cn"}, "production.plain_http"),
        ({"EZHANG_IDENTITY_URL": "http://identity.example.cn"}, "production.plain_http"),
        ({"EZHANG_PUBLIC_SECURITY_URL": "http://police.example.cn"}, "production.plain_http"),
        ({"PUBLIC_URL": ""}, "production.public_url"),
        ({"PUBLIC_URL": "http://seal.example.cn"}, "production.public_url"),
    ],
)
def test_production_refuses_stand_ins_and_gaps(change: dict[str, str], code: str) -> None:
    with pytest.raises((Refused, Invalid)) as refusal:
        Settings.from_env({**PRODUCTION, **change})
    assert refusal.value.code == code
    assert refusal.value.field == next(iter(change))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EZHANG_PROFILE", "staging"),
        ("PORT", "0"),
        ("PORT", "65534"),
        ("PORT", "８０００"),
        ("PORT", "-1"),
        ("HTTPS", "yes"),
        ("EZHANG_WEB_WORKERS", "0"),
        ("PUBLIC_URL", "seal.example.cn"),
        ("PUBLIC_URL", "ftp://seal.example.cn"),
        ("PUBLIC_URL", "https://seal.example.cn/app"),
        ("PUBLIC_URL", "https://seal.example.cn?x=1"),
        ("PUBLIC_URL", "https://user:hunter@seal.example.cn"),
        ("PUBLIC_URL", "http://host:hunter"),
        ("EZHANG_DATABASE", "mysql://localhost/ezhang"),
        ("EZHANG_DATABASE", "sqlite://relative.db"),
        ("EZHANG_POLICY", "shanghai"),
        ("EZHANG_SES_VERSION", "1"),
        ("EZHANG_SES_PICTURE", "gif"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(variable: str, value: str) -> None:
    with pytest.raises(DomainError) as refusal:
        Settings.from_env({**DEVELOPMENT, variable: value})
    assert (refusal.value.code, refusal.value.field) == ("settings.bad_value", variable)
    assert variable in refusal.value.zh
    assert "hunter" not in refusal.value.zh + refusal.value.en


def test_public_url_has_one_spelling() -> None:
    settings = Settings.from_env({**DEVELOPMENT, "PUBLIC_URL": " HTTPS://Seal.Example.CN:8443/ "})
    assert settings.public_url == "https://seal.example.cn:8443"
    assert settings.crl_url("root") == "https://seal.example.cn:8443/crl/root.crl"


def test_the_database_password_is_not_shown() -> None:
    assert "hunter2" not in repr(Settings.from_env(PRODUCTION))


@pytest.mark.parametrize("environ", [DEVELOPMENT, PRODUCTION, {**DEVELOPMENT, "HTTPS": "1", "PORT": "9000"}])
def test_a_child_reads_the_same_settings(environ: dict[str, str]) -> None:
    settings = Settings.from_env(environ)
    assert Settings.from_env(settings.environment()) == settings
