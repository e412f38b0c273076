cdef class SpreadRatio:
    cdef public long long _window_ns, _past_ns, _since_ns
    cdef public object _past, _area, _spread
    cpdef update(self, long long now_ns, spread)
    cpdef _expire(self, long long now_ns)
    cpdef mean(self, long long now_ns)
    cpdef value(self, long long now_ns)
