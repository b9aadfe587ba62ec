"""Which addresses stay on the site on which they stand: one rule for whatever comes from elsewhere."""

from __future__ import annotations


def own_path(address: str) -> bool:
    """Whether it is a path from the root of the site. Browsers read a backslash as a slash and leave out tabs and line
    ends (https://url.spec.whatwg.org/#url-parsing): `//host`, `/\\host` and a tab between two slashes name a host."""
    plain = address.isprintable() and not any(letter.isspace() or letter == "\\" for letter in address)
    return plain and address.startswith("/") and not address.startswith("//")
