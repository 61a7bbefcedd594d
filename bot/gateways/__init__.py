"""One file per stranger's service: typed values in, frozen dataclasses out, errors translated."""
