"""What the process that workers are forked of imports, once for all of them: a worker, tracing, and most of the
built-in plug-ins. Nothing in here may start a thread, which would not outlive a fork: so not Polars, and no data sets,
some of which are read by it."""

from torch import _dynamo as _dynamo  # without it, the first trace imports it

from gancheck.bench.execution import worker as worker
from gancheck.plugins.registry import Registry

PLUGINS = {kind: Registry().names(kind) for kind in ("strategy", "metric", "detector", "extractor")}
