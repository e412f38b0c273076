cpdef default_size(rules)
cpdef default_half_spread(rules)
