"""Customers' voice is taken in from other systems, and let go."""
