"""What an archive proves: that something was there at a moment, and what issuers had said by then.

ETSI EN 319 102-1 §5.6: the last document timestamp is judged now. All that it covers is proven to have been
there at its time, so that the one before is judged as of that time, with the answers and lists inside; and
so on down to the signature. Only what a trusted document timestamp covers is used, and each only as far as
its issuer signed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pyhanko.pdf_utils.reader import PdfFileReader

from seals.pdf.longterm import stored
from seals.pdf.revocation import Evidence
from seals.pdf.trust import Past

__all__ = ["Archived"]


class Archived:
    """Of one document, taken back from one trusted document timestamp to the one before.

    past: as of when what is looked at next is judged, if the present does not do; None before the first.
    said: what is known of certificates by then, the asker's lists included. inside: what the whole document
    holds; claimed: that and the asker's lists, proven to have been there or not.
    """

    def __init__(self, reader: PdfFileReader, lists: Sequence[bytes]) -> None:
        self._reader, self._lists = reader, lists
        self._crls: dict[bytes, datetime] = {}
        self._ocsps: dict[bytes, datetime] = {}
        self.said = Evidence(lists)
        self.inside = stored(reader)
        self.claimed = Evidence((*lists, *self.inside.crls), self.inside.ocsps)
        self.past: Past | None = None

    def proven_by(self, revision: int, time: datetime) -> None:
        """All up to `revision` was there at `time`: a trusted document timestamp says so."""
        last = revision == self._reader.total_revisions - 1
        inside = self.inside if last else stored(self._reader.get_historical_resolver(revision))
        self._crls |= dict.fromkeys(inside.crls, time)
        self._ocsps |= dict.fromkeys(inside.ocsps, time)
        own = set(self._lists)
        self.said = Evidence(
            (*self._lists, *(each for each in self._crls if each not in own)),
            tuple(self._ocsps),
            {each: at for each, at in {**self._crls, **self._ocsps}.items() if each not in own},
        )
        self.past = Past(time, self.said)
