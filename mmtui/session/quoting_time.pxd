cdef class QuotingTime:
    cdef public bint _quoting, _by_strategy
    cdef public long long _since_ns, _hand_ns, _strategy_ns
    cpdef update(self, long long now_ns, bint quoting, bint by_strategy)
