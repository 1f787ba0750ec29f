"""Is a suite's task one on which the untreated GAN really loses modes? `make calibrate [SUITE=quick]`."""
