# Nothing to declare: its functions are compiled as they are.
