cdef class _Look:
    cdef public object view, rules
    cdef public double move, volatility, flow, spread
    cpdef lots(self, side, level)
