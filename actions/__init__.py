"""What the assistant does between two sentences: one module a topic, named like its folder under `data/`."""
