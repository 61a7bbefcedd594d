"""Taking secrets and personal data out of a text before it leaves the house."""
