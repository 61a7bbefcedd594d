"""What customers said, on file: read from exports, found again by the words of a change."""
