"""Coverage-guided fuzzing of everything that reads files, by hand: see ``__main__``."""
