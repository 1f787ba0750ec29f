"""`python -m gancheck`."""

from __future__ import annotations

import sys

from gancheck.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
