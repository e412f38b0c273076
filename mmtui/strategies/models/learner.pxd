cimport cython
cimport libc.math as math
from mmtui.signals.volatility cimport EwmaVolatility

cdef double _RATE_MEMORY_S, _LEAST_ORDERS
cdef long long _NEVER_NS

cdef class Learner:
    cdef public double mid, _memory_s, _usual, _orders, _time_s, _sigma
    cdef public long long spread, _start_ns, _seen_ns, _sigma_ns
    cdef public object _reach
    cdef public EwmaVolatility _volatility
    @cython.locals(now_ns=cython.longlong, mid=double, best=double, best_bid=cython.longlong, best_ask=cython.longlong, furthest=dict)
    cpdef update(self, view)
    @cython.locals(kept=double)
    cpdef _count(self, long long orders, double time_s)
    @cython.locals(usual=double)
    cpdef double sigma(self, long long now_ns)
    cpdef double variance_ratio(self, long long now_ns)
