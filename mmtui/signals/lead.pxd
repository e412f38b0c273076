from mmtui.signals.grid cimport Grid

cdef class Lead:
    cdef public long long _ahead
    cdef public double _decay, _doubt, _xx, _xy
    cdef public Grid _signal, _price
    cdef public object _waiting
    cpdef update(self, long long now_ns, double signal, double price)
    cpdef _sample(self, double signal, double price)
