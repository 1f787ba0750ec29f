"""Which detectors of training faults to believe: trainings with known faults, and what detectors say of them."""
