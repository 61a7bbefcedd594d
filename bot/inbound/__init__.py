"""Doors: verify, parse into a few fields, hand over, acknowledge."""
