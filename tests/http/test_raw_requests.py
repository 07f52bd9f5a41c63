"""Requests that no browser makes: answered or hung up on, and never an error of ours."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from tests.http.site import Party, Site

LINE = b"GET /api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


def raw(site: Site, content: bytes, patience_s: float = 20.0) -> int:
    """The status of the answer; 0 when there is none: the server hangs up, or waits for more."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=patience_s) as connection:
        connection.sendall(content)
        answer = b""
        with suppress(TimeoutError, ConnectionError):
            while piece := connection.recv(65536):
                answer += piece
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /\xff\xfe/%zz?\xff=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v/\xe5\x90\x88 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /l/\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /l/%ff%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /api/codes/\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /verify?lang=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /verify?lang=%ff&lang=%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET //evil.example/%2e%2e/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /m?" + b"a" * 7000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        LINE + b"Cookie: ezhang_session=\xff\xfe\r\n\r\n",
        LINE + b"Cookie: ezhang_session=" + b"x" * 6000 + b"\r\n\r\n",
        LINE + b"Cookie: " + b"a=b; " * 1000 + b"\r\n\r\n",
        LINE + b'Cookie: ezhang_session="; $Path=\r\n\r\n',
        LINE + b"User-Agent: \xff\xfe\r\n\r\n",
        LINE + b"Accept-Language: \xff;q=x\r\n\r\n",
        LINE + b"X: " + b"x" * 20_000 + b"\r\n\r\n",
        LINE + b"Content-Length: -5\r\n\r\n",
        LINE + b"Content-Length: x\r\n\r\n",
        LINE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        LINE + b"Expect: something\r\n\r\n",
    ],
    ids=range(26),
)
def test_no_500(site: Site, a: Party, content: bytes) -> None:
    before = site.state()
    assert raw(site, content, patience_s=1.0) < 500
    assert a.client.me()["id"]
    assert site.state() == before


def test_a_browser_that_calls_itself_anything_may_log_in(site: Site) -> None:
    for number, agent in enumerate((b"\xff\xfe", "浏览器".encode(), b"x" * 5000, b"\x01\x02 <b>")):
        party = site.newcomer(31 + number)
        party.client.send_code(party.demo.mobile)
        body = b'{"mobile": "%s", "code": "%s"}' % (party.demo.mobile.encode(), party.code().encode())
        head = b"POST /api/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: %s\r\n" % agent
        assert raw(site, head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)) == 200, agent[:20]


def test_the_language_of_a_page_is_one_of_ours(site: Site, a: Party) -> None:
    for language in ("", "*", "xx", "en;q=0.1,zh", "en-GB", "é", "a" * 3000):
        answer = a.http.get("/verify", headers={b"accept-language": language.encode()})
        assert answer.headers["content-language"] in {"zh-CN", "en"}


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
    ],
    ids=range(4),
)
def test_where_a_body_ends_is_said_once(site: Site, lengths: bytes) -> None:
    """What two of us could read differently would be a second request for one of them."""
    request = b"POST /api/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + lengths + b"\r\n0\r\n\r\n"
    assert raw(site, request) == 400
