"""A small language model that writes slotted bodies: training, pools, models of users."""
