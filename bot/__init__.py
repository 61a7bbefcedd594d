"""Empty Chair: no decisions without the customer."""

__version__ = "0.6.0"
