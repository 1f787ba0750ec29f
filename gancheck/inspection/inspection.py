"""What `inspect` answers: problems, facts, and which samples to look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gancheck.inspection.problem import SEVERITIES, Problem, Severity
from gancheck.loading.samples import Samples
from gancheck.system.counts import say_count


@dataclass(frozen=True, eq=False)
class Inspection:
    """The findings about one data set, the gravest first."""

    samples: Samples  #: what was looked at, readable again
    problems: tuple[Problem, ...]
    facts: Mapping[str, Any]  #: n, shape, range, mean, sd, classes, ...: JSON values only
    outliers: tuple[int, ...] = ()  #: rows of the samples that lie apart, the farthest first
    remoteness: tuple[float, ...] = ()  #: how far those are from their neighbours, over what is usual
    pairs: tuple[tuple[int, int], ...] = ()  #: rows that are nearly the same, the closest first

    def __repr__(self) -> str:
        return f"<Inspection: {self.outcome}; .problems and .facts say more>"

    def count(self, severity: Severity) -> int:
        """How many problems there are of one severity."""
        return sum(p.severity == severity for p in self.problems)

    @property
    def outcome(self) -> str:
        """One line, such as `3 warnings in 1,797 images (8 x 8, grey)`."""
        counts = [(self.count(s), s) for s in SEVERITIES]
        said = [say_count(n, s) for n, s in counts if n and s != "note"] or ["no problems"]
        return f"{' and '.join(said)} in {self.what}"

    @property
    def what(self) -> str:
        """The data in words: how many samples of which shape."""
        count, shape = self.facts["n"], self.facts["shape"]
        if self.samples.is_image:
            sort = "grey" if shape[0] == 1 else "colour" if shape[0] == 3 else f"{shape[0]} channels"
            return f"{say_count(count, 'image')} ({shape[1]} x {shape[2]}, {sort})"
        if self.samples.kind != "points":
            return f"{count:,} {self.samples.form}"
        return f"{say_count(count, 'point')} ({say_count(shape[0], 'feature')})"

    def to_json(self) -> str:
        """Everything that was found, as one JSON object."""
        found = [asdict(problem) for problem in self.problems]
        return json.dumps({"outcome": self.outcome, "problems": found, "facts": dict(self.facts)}, indent=2)
