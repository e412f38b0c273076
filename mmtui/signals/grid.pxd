cdef class Grid:
    cdef public object _next_ns
    cdef public long long _step_ns
    cdef public double step_s, _value, sample
    cpdef long long update(self, long long now_ns, double value)
