cdef class HedgeLeg:
    cdef public long long position, volume
    cdef public double cost
    cdef public double _cash, _tick_value

cdef class HedgeBook:
    cdef public dict legs
    cdef public object _mark_of, _ratio_of
