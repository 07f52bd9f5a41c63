"""Daily roots of a running site, without waiting for midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from seals import roots
from seals.pdf.trust import Trust
from seals.root_models import Root, RootState
from server import keys, secret_files
from server.adapters.timestamper import HttpTimeStamper
from server.settings import Settings
from tests.databases import Database
from tests.http.site import Site


def settings_of(site: Site) -> Settings:
    """The settings of its processes."""
    return Settings.from_env(
        {"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data), "PORT": str(site.port)}
    )


def bind(site: Site) -> int:
    """Have the next root made, as if its day had ended; its number."""
    settings = settings_of(site)
    root, tsa = (secret_files.trusted(settings, name) for name in ("root", "tsa"))
    trust = Trust((der(root),), (der(tsa),))
    identity = keys.identity_key(settings)

    async def make() -> int:
        newest = await Root.all().order_by("-number").first()
        day = date.fromisoformat(newest.day) if newest is not None else datetime.now(UTC).date()
        after = datetime.combine(day + timedelta(days=2), time(4), UTC)
        async with httpx.AsyncClient(trust_env=False) as client:
            stamper = HttpTimeStamper(settings.tsa_url, client)
            while await roots.bind(identity, stamper, trust, "test", after):
                pass
        made = await Root.all().order_by("-number").first()
        assert made is not None
        assert made.state is RootState.PUBLISHED
        return made.number

    return Database(settings.database).run(make)


def der(certificate: x509.Certificate) -> bytes:
    """Its DER."""
    return certificate.public_bytes(Encoding.DER)
