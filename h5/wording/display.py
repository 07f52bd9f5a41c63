"""Words of the page on which the look is chosen."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "display.title": ("显示", "Display"),
    "display.lead": (
        "只在这个浏览器里生效，不随账号走。文件页面和印模始终显示为白纸。",
        "Holds in this browser only, not for your account. Pages of documents and seal imprints stay on white paper.",  # noqa: E501
    ),
    "display.look": ("外观", "Look"),
    "display.look_auto": ("跟随系统", "As the device"),
    "display.look_light": ("浅色", "Light"),
    "display.look_dark": ("深色", "Dark"),
    "display.text": ("字号", "Text size"),
    "display.text_normal": ("标准", "Standard"),
    "display.text_large": ("大", "Large"),
    "display.text_larger": ("特大", "Very large"),
}
