"""A model drafts answers; people accept, edit or reject them."""
