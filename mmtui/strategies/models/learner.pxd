cimport cython
from mmtui.signals.volatility cimport EwmaVolatility

cdef class Learner:
    cdef public double mid, _memory_s, _usual, _orders, _time_s, _sigma
    cdef public long long spread, _start_ns, _seen_ns
    cdef public object _reach, _sigma_ns
    cdef public EwmaVolatility _volatility
    @cython.locals(mid=double, best=double)
    cpdef update(self, view)
    cpdef _count(self, orders, double time_s)
    cpdef double sigma(self, now_ns)
    cpdef double variance_ratio(self, now_ns)
