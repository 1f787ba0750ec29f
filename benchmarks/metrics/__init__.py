"""Do the metrics and the verdict see what they should? Real data damaged by known amounts."""
