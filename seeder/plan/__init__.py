"""The plan: data that names the functions of every cell, and the pure planner that writes it."""
