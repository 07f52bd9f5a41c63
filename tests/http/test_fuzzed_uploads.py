"""Mutated files over HTTP, to be verified and to be sealed: an answer in words each time, and never a 500."""

from __future__ import annotations

from itertools import islice

from server.client import Client
from tests.fuzzing import mutants
from tests.http.site import Party, Site

SEED = 7


def test_every_mutant_is_verified(site: Site, stranger: Client) -> None:
    """The words of every code are there; none of these files is under our own root, so none is valid."""
    for number, (name, _, mutant) in enumerate(islice(mutants(SEED), 50)):
        if number % 20 == 0:  # so many a minute and address; that minute passes here
            site.change("DELETE FROM throttle WHERE id LIKE 'verify.address%'")
        answer = stranger.http.post("/api/verify", files={"file": ("x.pdf", mutant, "application/pdf")})
        assert answer.status_code == 200, (number, name, answer.text)
        told = answer.json()
        assert told["verdict"] in {"invalid", "unknown", "unsigned"}, (number, name)
        codes = {*told["reasons"], *told["notes"], *(code for one in told["steps"] for code in one["codes"])}
        assert codes <= told["words"].keys(), (number, name)
        assert len(told["steps"]) == 10
    site.change("DELETE FROM throttle WHERE id LIKE 'verify.address%'")


def test_every_mutant_is_taken_or_refused(site: Site, a: Party) -> None:
    for number, (name, _, mutant) in enumerate(islice(mutants(SEED + 1), 25)):
        if number % 10 == 0:
            site.change("DELETE FROM throttle")
        answer = a.http.post("/api/documents", files={"file": ("x.pdf", mutant, "application/pdf")})
        assert answer.status_code in {201, 409, 413, 422}, (number, name, answer.text)
        if answer.status_code != 201:
            assert answer.json()["error"]["code"].startswith("pdf."), (number, name)
