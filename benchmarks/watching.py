"""The generated parts of docs/watching.md: every detector, and every signal."""

from __future__ import annotations

from gancheck.cli.detector_table import FAMILIES, detector_rank
from gancheck.detectors.signals import SIGNALS, level_of
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry

FAMILY_TITLES = {
    "general": "Any training",
    "adversarial": "The game of a GAN",
    "collapse": "Mode collapse",
    "data": "Samples and data",
}


def detectors() -> str:
    """Built-in detectors by family, with what each says, needs and costs."""
    registry = Registry()
    entries = [registry.entry("detector", name) for name in registry.names("detector")]
    tables = [family_table(family, entries) for family in FAMILIES]
    return "\n\n".join(filter(None, tables))


def family_table(family: str, entries: list[PluginEntry]) -> str:
    """The detectors of one family."""
    mine = sorted((e for e in entries if detector_rank(e.info.properties)[1] == family), key=lambda e: e.info.name)
    head = (
        f"**{FAMILY_TITLES[family]}** (`{family}`)\n\n| detector | what is wrong | needs | preset |\n|---|---|---|---|"
    )
    return "\n".join([head, *map(row, mine)]) if mine else ""


def row(entry: PluginEntry) -> str:
    """One detector."""
    needs, reads = entry.info.properties["needs"], entry.info.properties["reads"]
    named = ", ".join(f"`{name}`" for name in needs) or f"any of {', '.join(f'`{name}`' for name in reads)}"
    return f"| `{entry.info.name}` | {entry.summary} | {named} | {level_of(tuple(needs))} |"


def signals() -> str:
    """All signals, and how a loop gives them."""
    lines = ["| signal | what it is | how to give it |", "|---|---|---|"]
    for signal in SIGNALS.values():
        each = "; one a layer" if signal.per_layer else ""
        lines.append(f"| `{signal.name}` | {escaped(signal.about)}{each} | {escaped(signal.how)} |")
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Text that a table's cell can hold."""
    return text.replace("|", "\\|")
