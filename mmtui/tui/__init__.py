"""The terminal app. No package below it imports textual."""
