"""The windows over Slack: what each shows, and how what was put in is read."""
