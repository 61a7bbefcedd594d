"""The durable job layer behind `ports.Jobs`."""
