from mmtui.signals.grid cimport Grid

cdef class EwmaVolatility:
    cdef public object _anchor
    cdef public double _decay, _squares, _time_s
    cdef public Grid _grid
    cpdef update(self, long long now_ns, double mid)
    cpdef _step(self, double move, long long steps)
