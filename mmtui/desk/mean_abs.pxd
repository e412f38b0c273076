cdef class MeanAbs:
    cdef public object _area, _value
    cdef public long long _start_ns, _changed_ns
    cpdef update(self, long long now_ns, value)
    cpdef double mean(self, long long now_ns)
