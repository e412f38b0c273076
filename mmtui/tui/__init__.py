"""The terminal app. Nothing below this room imports textual."""
