cdef class Markouts:
    cdef public list fills
    cdef public list _place, _lots, _sums
    cdef public dict _recent
    cpdef mature(self, long long now_ns, double mid)
