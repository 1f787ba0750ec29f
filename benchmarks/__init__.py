"""What is ranked (suites), how hard it is (calibration), what came out (results), and how fast it was (speed)."""
