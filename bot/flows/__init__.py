"""One file per verb; each reads like the product sentence."""
