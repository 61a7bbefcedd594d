"""The part of GitHub's REST API that the bot uses, one file for each kind of thing."""
