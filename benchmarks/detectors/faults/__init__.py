"""What is done to a training, with its onset: faults in three severities, and changes that do no harm."""
