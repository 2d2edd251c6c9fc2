"""Looks for secrets in bytes, however they may have been written: plain, base64 at each alignment, hexadecimal, for a URL,
with JSON's escapes, in UTF-16; whole, or a piece of eight characters of its chance."""

import base64
import secrets
import string

LETTERS = string.ascii_letters + string.digits
# A secret's first and last characters of chance: a log that cuts a token short still tells too much.
PIECE = 8


class Canary:
    """A secret for a place: `text` is what is handed in, `chance` the part of it that occurs nowhere by itself."""

    def __init__(self, name, text=None, chance=None, before="", after=""):
        self.name = name
        self.chance = chance or text or "".join(secrets.choice(LETTERS) for _ in range(24))
        self.text = text or before + self.chance + after

    def forms(self):
        """Each way it may stand in bytes, by name."""
        found = {}
        for part, text in {"all": self.chance, "its beginning": self.chance[:PIECE], "its end": self.chance[-PIECE:]}.items():
            found |= {f"{form} of {part}": written for form, written in written_forms(text).items()}
        return found


def written_forms(text):
    raw = text.encode()
    forms = {
        "plain": raw, "reversed": raw[::-1], "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode(),
        "URL": "".join(f"%{byte:02X}" for byte in raw).encode(), "url": "".join(f"%{byte:02x}" for byte in raw).encode(),
        "JSON": "".join(f"\\u{ord(letter):04x}" for letter in text).encode(), "JSON upper": "".join(f"\\u{ord(letter):04X}" for letter in text).encode(),
        "UTF-16LE": text.encode("utf-16-le"), "UTF-16BE": text.encode("utf-16-be"),
    }
    for shift in range(3):
        for name, encode in {"base64": base64.standard_b64encode, "base64url": base64.urlsafe_b64encode}.items():
            # What stands before and after it decides the letters at its edges.
            forms[f"{name} at {shift}"] = encode(bytes(shift) + raw)[-(-shift * 8 // 6):(shift + len(raw)) * 8 // 6]
    return forms


class Watch:
    """Canaries, and where they were found."""

    def __init__(self):
        self.canaries = []

    def new(self, name, **how):
        canary = Canary(name, **how)
        assert len(canary.chance) >= 2 * PIECE, f"{name} is too short to be told from chance"
        self.canaries.append(canary)
        return canary.text

    def know(self, name, text):
        """A secret that the server made."""
        return self.new(name, text=text)

    def found(self, where, data, but=()):
        return [f"{canary.name} stands in {where} ({form})" for canary in self.canaries if canary.name not in but
                for form, written in canary.forms().items() if written in data]
