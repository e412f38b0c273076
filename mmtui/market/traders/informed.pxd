cimport cython
cimport libc.math as math
from cpython.array cimport array
from mmtui.market.core.book cimport Book
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.traders.participant cimport Participant

cdef double _MOST_GAP

cdef class Informed(Participant):
    cdef public object _spec, _value
    cdef public double _rate, _rate_per_gap, _edge
    cdef public array _chances, _values, _errors, _sizes
    @cython.locals(exchange=Exchange, book=Book, edge=double, value=double, seen=double, gap=double, bid=cython.longlong, ask=cython.longlong, worst=cython.longlong)
    cpdef act(self, long long now_ns, long long kind, long long row)

cdef class Momentum(Participant):
    cdef public object spec
    cdef public array _sizes
    cdef public double _average
    cdef public long long _last_ns
    @cython.locals(mid=double, weight=double, away=double, worst=cython.longlong)
    cpdef act(self, long long now_ns, long long kind, long long row)
