"""Software tokens (SoftHSM2) for tests: a folder of their own, a token per label."""

from __future__ import annotations

import itertools
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pkcs11

__all__ = ["MODULE", "SoftTokens", "TokenPlace"]

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, SO_PIN = "4f7c1e90", "90e1c7f4"


@dataclass(frozen=True)
class TokenPlace:
    """A token and what a process needs to find it."""

    label: str
    pin_file: Path
    configuration: Path

    @property
    def environ(self) -> dict[str, str]:
        """The variables of a process that uses it."""
        return {
            "EZHANG_KEYS": "pkcs11",
            "EZHANG_PKCS11_MODULE": str(MODULE),
            "EZHANG_PKCS11_TOKEN": self.label,
            "EZHANG_PKCS11_PIN_FILE": str(self.pin_file),
            "SOFTHSM2_CONF": str(self.configuration),
        }


class SoftTokens:
    """Makes tokens in one folder; this process and those it starts see them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._configuration = folder / "softhsm2.conf"
        (folder / "tokens").mkdir()
        self._configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(self._configuration)

    def fresh(self) -> TokenPlace:
        """A new, empty token."""
        label = f"ezhang-test-{next(self._numbers)}"
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", PIN],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        pin_file = self._folder / f"{label}.pin"
        pin_file.touch(mode=0o600)
        pin_file.write_text(f"{PIN}\n")
        # A module that is loaded already knows the tokens that were there then.
        pkcs11.lib(str(MODULE)).reinitialize()
        return TokenPlace(label, pin_file, self._configuration)
