"""What an application of an existing company looks like: to its applicant, and to the reviewer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

__all__ = [
    "EntryForm",
    "EntryView",
    "FormNumbers",
    "MaterialView",
    "ReviewView",
    "RoundView",
    "SealWish",
    "SlotView",
]


@dataclass(frozen=True)
class SealWish:
    """One seal as asked for. style: `drawn` from the registered name, or `digitised` from the physical one.

    unit, person_name, foreign_text, translation, translation_confirmed: as `seals.add_form.AddForm`.
    width_mm: of a digitised stamp as measured, as text, or "".
    """

    kind: str
    style: str = "drawn"
    unit: str = ""
    person_name: str = field(default="", repr=False)
    foreign_text: str = ""
    translation: str = ""
    translation_confirmed: bool = False
    width_mm: str = ""


@dataclass(frozen=True)
class EntryForm:
    """The form as typed. owner_type: of `cases.OWNER_TYPES`; applicant: `representative` or `agent`.

    superior: there is a superior or competent body (R22). permit: the trade needs a permit (R107).
    agent_…: empty where the representative applies himself.
    """

    request_id: str
    owner_type: str
    company_name: str
    uscc: str
    company_type: str
    representative_name: str = field(repr=False)
    representative_id_number: str = field(repr=False)
    representative_mobile: str = field(repr=False)
    applicant: str
    superior: bool
    permit: bool
    seals: tuple[SealWish, ...]
    agent_name: str = field(default="", repr=False)
    agent_id_number: str = field(default="", repr=False)
    agent_mobile: str = field(default="", repr=False)


@dataclass(frozen=True)
class FormNumbers:
    """The personal numbers of a form, whole; agent_…: empty where there is none."""

    representative_id_number: str = field(repr=False)
    representative_mobile: str = field(repr=False)
    agent_id_number: str = field(repr=False)
    agent_mobile: str = field(repr=False)


@dataclass(frozen=True)
class MaterialView:
    """A file that was given. file_url: for the applicant alone. imprint: a seal's was taken off it."""

    id: str
    slot: str
    name: str
    media_type: str
    size: int
    pages: int
    file_url: str
    created_at: datetime
    imprint: bool = False


@dataclass(frozen=True)
class SlotView:
    """A material that the case needs, or takes where it is optional.

    returned: the reviewer's reason, while it is to be given anew.
    """

    key: str
    kind: str
    seal: int | None
    stamped: bool
    optional: bool
    rules: tuple[str, ...]
    material: MaterialView | None
    returned: str | None


@dataclass(frozen=True)
class RoundView:
    """A submission and what became of it. materials: slot to file; returned: slot to reason."""

    number: int
    submitted_at: datetime
    outcome: str
    materials: dict[str, MaterialView]
    returned: dict[str, str]
    reason: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class EntryView:
    """An application as its applicant sees it: personal numbers masked. verified: face, deposit.

    seals: the kinds asked for. missing: slots that are empty or returned. digest: of form and files as they
    stand, which a submission says that it means.
    """

    id: str
    state: str
    company_name: str
    uscc: str
    company_type: str
    owner_type: str
    applicant: str
    representative_name: str
    representative_id_number: str
    representative_mobile: str
    agent_name: str
    agent_id_number: str
    agent_mobile: str
    superior: bool
    permit: bool
    seals: tuple[SealWish, ...]
    slots: tuple[SlotView, ...]
    missing: tuple[str, ...]
    rounds: tuple[RoundView, ...]
    verified: tuple[str, ...]
    reason: str | None
    company_id: str | None
    digest: str
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True)
class ReviewView:
    """As a reviewer sees it, to be compared with the registrar and the pictures: the form whole.

    Never shown to others, never logged.
    """

    entry: EntryView
    form: EntryForm = field(repr=False)
    applicant_id: str
