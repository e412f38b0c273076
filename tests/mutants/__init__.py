"""Would the tests notice? Faults planted one at a time in what must not be wrong, and the tests that are to find them.

``python -m tests.mutants`` runs them all. See README.md in this folder.
"""
