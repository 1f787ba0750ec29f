"""What mkdocs calls while it builds: the site has the repository's own tree, so links need no rewriting."""

from __future__ import annotations

import re
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from benchmarks.site.pages import FOLDER, ROOT, linked_files, listing, point_to_listings
from benchmarks.site.reference import reference_pages

COMMENT = re.compile(r"^<!-- .* -->$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages of docs/ move to `docs/...`, and all that they link to comes with them."""
    themes = [file for file in files if file.src_dir != config.docs_dir]
    drawn = [File.generated(config, path, content=text) for path, text in reference_pages().items()]
    return Files([*themes, *(file for path in linked_files() for file in files_of(path, config)), *drawn])


def files_of(path: Any, config: MkDocsConfig) -> list[File]:
    """A file as it is; a folder as a list of what it holds."""
    uri = path.relative_to(ROOT).as_posix()
    if path.is_file():
        return [File.generated(config, uri, abs_src_path=str(path))]
    inside = [file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith(".")]
    own_page = File.generated(config, f"{uri}/{FOLDER}", content=listing(path))
    return [own_page, *(File.generated(config, f"{uri}/{file.name}", abs_src_path=str(file)) for file in inside)]


def on_page_markdown(markdown: str, page: Any, config: MkDocsConfig, files: Files) -> str:
    """Comments that mark generated parts would swallow the table beneath them."""
    return COMMENT.sub("", point_to_listings(markdown, ROOT / page.file.src_uri))
