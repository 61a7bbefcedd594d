"""Sibling renderings of one Review, each beside the parser of what it wrote. Pure."""
