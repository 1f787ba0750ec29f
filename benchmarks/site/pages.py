"""Which files of the repository the site holds: the pages, and whatever they link to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(\]\()([^)\s#]+)(?=[)#])")
FOLDER = "index.md"  #: the page that stands for a folder, on which its files are listed


def linked_files() -> list[Path]:
    """README, docs/ and every file or folder that they link to, from page to page; paths are absolute."""
    waiting = [*(ROOT / name for name in STARTS), *sorted((ROOT / "docs").glob("*.md"))]
    found: dict[Path, None] = {}
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = None
            waiting += links_of(path) if path.suffix == ".md" else []
    return list(found)


def links_of(page: Path) -> Iterator[Path]:
    """What a page links to inside the repository; targets outside are left to the builder's own check."""
    for _, link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        target = target_of(page, link)
        if target.exists() and target.is_relative_to(ROOT):
            yield target


def target_of(page: Path, link: str) -> Path:
    """Where a link on a page leads; an address of the web is no file."""
    return Path(os.path.normpath(page.parent / link))


def listing(folder: Path) -> str:
    """A page for a folder, which a code host shows by itself and a site does not."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return "\n".join([f"# {folder.relative_to(ROOT)}", "", *(f"- [{name}]({name})" for name in names), ""])


def point_to_listings(text: str, page: Path) -> str:
    """Links to folders lead to their listings."""

    def point(found: re.Match[str]) -> str:
        is_folder = target_of(page, found[2]).is_dir()
        return f"{found[0]}/{FOLDER}" if is_folder else found[0]

    return LINK.sub(point, text)
