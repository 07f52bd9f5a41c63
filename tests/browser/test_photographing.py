"""Taking an imprint out of a photo, on the phone: refused with words, then taken, looked at, used."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, expect

from seals.kinds import SealKind
from tests.browser import looking, steps
from tests.browser.windows import PHONE, Window
from tests.http.site import Party, Site
from tests.seals.photo.photos import stamped_jpeg


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.owner(421, "韩书瑶", "北京书瑶拍照文化有限公司")


def jpeg(data: bytes) -> FilePayload:
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data}


def test_a_photo_is_refused_in_words_and_a_better_one_taken(
    site: Site, owner: Party, open_window: Callable[..., Window]
) -> None:
    window = steps.enter_as(open_window(**PHONE, reduced_motion="reduce"), site, owner)
    page = window.go(f"/m/photo/{owner.company}")
    expect(page.locator("#camera")).to_have_attribute("capture", "environment")
    page.get_by_label("照片里是哪种印章？").select_option(SealKind.CONTRACT.value)
    window.expect(422, "/photos")
    page.locator("#album").set_input_files(jpeg(stamped_jpeg(SealKind.REPRESENTATIVE)))
    expect(page.locator("#file-error")).to_contain_text("正上方")
    expect(page.locator("#file-error")).to_be_focused()
    page.locator("#camera").set_input_files(jpeg(stamped_jpeg(SealKind.CONTRACT)))
    expect(page.get_by_role("heading", name="印模已提取")).to_be_focused()
    expect(page.locator("#picture")).to_have_js_property("complete", True)
    assert page.locator("#picture").evaluate("picture => picture.naturalWidth") > 400
    expect(page.locator("#size")).to_have_text("38 × 38 mm")
    wrong = [*looking.barriers(page), *looking.unseen_focus(page), *looking.too_wide(page, 360)]
    assert not wrong, "\n".join(wrong)
    use = page.get_by_role("link", name="用这个印模").get_attribute("href") or ""
    assert re.fullmatch(rf"/m/add-seal/{owner.company}\?photo=[0-9a-f]{{24}}&kind=contract", use)
    page.get_by_role("button", name="重新拍照").click()
    expect(page.locator("#part-form")).to_be_visible()
