cdef class Hysteresis:
    cdef public double _off, _on
    cdef public bint is_on
    cpdef bint update(self, double measure)
