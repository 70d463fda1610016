"""The commands of the simulated CLI, one module a kind; ``table`` names them all."""
