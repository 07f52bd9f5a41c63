"""A login code has six digits: whoever reads the database must not find it by trying a million hashes."""

from __future__ import annotations

from auth.tokens import hash_token
from tests.http.site import Site


def test_the_hash_of_a_login_code_needs_a_key(site: Site) -> None:
    party = site.newcomer(60)
    before = set(site.column("sms_code", "id"))
    party.client.send_code(party.demo.mobile)
    code = party.code()
    (row,) = set(site.column("sms_code", "id")) - before
    index, stored = (site.column("sms_code", column, id=row)[0] for column in ("mobile_index", "code_hash"))
    assert stored != hash_token(f"{index}/{code}", "sms")
    party.client.log_in(party.demo.mobile, code)
