"""The debrief: what happened in a session, and why."""
