"""A small language model that writes slotted bodies: its training, its pool, and models of users."""
