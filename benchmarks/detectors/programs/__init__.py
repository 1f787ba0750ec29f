"""Small trainings, one file each, and the loops that they share."""
