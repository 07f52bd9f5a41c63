"""What is said of a browser: its two words, its masked address, whether two are of one network."""

from __future__ import annotations

import pytest

from auth.browsers import Browser, browser_name, is_handset, masked_address, same_network

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (WINDOWS, "Chrome · Windows"),
        (f"{WINDOWS} Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0", "微信 WeChat · iPhone"),
        ("python-httpx/0.28", "程序接口 API"),
        ("", "程序接口 API"),
    ],
)
def test_a_browser_in_two_words(agent: str, name: str) -> None:
    assert browser_name(agent) == name


def test_the_kept_user_agent_is_text_of_a_bounded_length() -> None:
    kept = Browser("a\0\ud800\n" + "x" * 5000, "127.0.0.1", "d").kept_agent
    assert (kept[:4], len(kept)) == ("a???", 300)


@pytest.mark.parametrize(
    ("agent", "handset"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/15E148 Safari/604.1",
            True,
        ),
        ("Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/140.0.0.0 Safari/537.36", True),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1 Mobile", True),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile MicroMessenger/8.0", True),
        ("Mozilla/5.0 (Windows NT 10.0) MicroMessenger/7.0 NetType/WIFI WindowsWechat Mobile", False),
        (WINDOWS, False),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", False),
        ("python-httpx/0.28", False),
        ("", False),
    ],
)
def test_a_phone_is_told_from_a_pc(agent: str, handset: bool) -> None:
    assert is_handset(agent) is handset


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("203.0.113.77", "203.0.113.*"),
        ("::ffff:203.0.113.77", "203.0.113.*"),
        ("2001:db8:7:1:2:3:4:5", "2001:db8:7::*"),
        ("fe80::1%eth0", "fe80::*"),
        ("unix:", "*"),
        ("", "*"),
    ],
)
def test_an_address_is_shown_without_its_host(address: str, masked: str) -> None:
    assert masked_address(address) == masked


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("203.0.113.7", "203.0.113.200", True),
        ("203.0.113.7", "::ffff:203.0.113.9", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:7:1::1", "2001:db8:7:2::9", True),
        ("2001:db8:7:1::1", "2001:db8:8:1::1", False),
        ("203.0.113.7", "2001:db8:7::1", False),
        ("x", "x", False),
    ],
)
def test_two_addresses_of_one_network(left: str, right: str, same: bool) -> None:
    assert same_network(left, right) is same
