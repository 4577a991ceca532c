"""Loading: the only side effect. Partitions, workers, and indexes around a load."""
