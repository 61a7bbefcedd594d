"""What people do in Slack, and what they see of it there."""
