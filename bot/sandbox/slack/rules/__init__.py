"""Block Kit's rules, held as strictly as Slack holds them: here the bot's mistakes surface.

Limits: https://docs.slack.dev/reference/block-kit/blocks and …/block-elements.
"""
