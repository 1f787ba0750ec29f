"""`gc.watch`: detectors beside any PyTorch training."""
