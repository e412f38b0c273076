# Its classes stay classes of Python, whose code is compiled.
