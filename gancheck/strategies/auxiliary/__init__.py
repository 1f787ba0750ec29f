"""Strategies that train a further network beside the two: an encoder, a classifier, a statistic."""
