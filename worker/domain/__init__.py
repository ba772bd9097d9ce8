"""What is true and what follows from it: pure, standard library only, no clock and no I/O."""
