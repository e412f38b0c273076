"""Recordings in other formats than LOBSTER's, read as its messages."""
