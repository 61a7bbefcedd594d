"""The stand-in Slack of demo and tests: one workspace on loopback."""
