cpdef default_horizon(rules)
