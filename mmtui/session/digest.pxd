cdef class Digest:
    cdef public bytes _before
    cdef public list _block
    cpdef add(self, tuple numbers)
    cpdef on_print(self, long long now_ns, trade, double mid_before)
