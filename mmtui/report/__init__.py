"""Debriefs of journals to read: as text, as JSON, and as one HTML file with its charts."""
