"""A market fitted to a recording, and how far it behaves like it."""
