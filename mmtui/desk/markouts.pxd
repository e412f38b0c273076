cdef class Markouts:
    cdef public list fills
    cdef public list _place, _lots, _sums
    cpdef mature(self, now_ns, mid)
