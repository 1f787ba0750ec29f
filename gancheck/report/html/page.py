"""One HTML file: a template with style, scripts and numbers inside. It asks no network, and browsers hold it to that.

All words go through the template's escaping or the script's text nodes, and a content security policy names the one
script by its hash, so that the name of a strategy, a mode or a file is never code.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gancheck.report.text.numbers import digits
from gancheck.version import version

#: What would end a script, or its lines, inside an HTML file.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; connect-src {connect}; "
    "style-src '{style}'; script-src '{script}'"
)


@cache
def templates() -> Environment:
    """The templates of the package; every value is escaped, and a missing one is an error."""
    loader = PackageLoader("gancheck.report.html")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["digits"] = digits
    return made


def render(
    template: str, numbers: Mapping[str, Any], scripts: Sequence[str], connect: str = "'none'", **words: Any
) -> str:
    """A page. `numbers` are what `scripts` draw; `words` are the template's; `connect` is whom the page may ask."""
    style, script = source("style.css"), "".join(map(source, ("dom.js", *scripts)))
    policy = POLICY.format(style=hash_of(style), script=hash_of(script), connect=connect)
    parts = {"style": Markup(style), "script": Markup(script), "data": embed(numbers), "policy": policy}
    return templates().get_template(template).render(**parts, version=version(), **words)


def source(name: str) -> str:
    """A file beside the templates, as it is."""
    loader = templates().loader
    assert loader is not None
    return loader.get_source(templates(), name)[0]


def hash_of(text: str) -> str:
    """As a content security policy names an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def embed(numbers: Mapping[str, Any]) -> Markup:
    """JSON that can stand in an HTML file, whatever its texts hold. ValueError for NaN, which JSON has not."""
    return Markup(json.dumps(numbers, separators=(",", ":"), allow_nan=False).translate(ESCAPES))


def data_uri(content: bytes, kind: str) -> str:
    """An image inside the page; `kind` is png or webp."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def picture_uri(path: Path) -> str:
    """A PNG file inside the page."""
    return data_uri(path.read_bytes(), "png")
