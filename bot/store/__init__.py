"""The record: tables, one writer, reads. Nothing here decides."""
