cimport cython
from mmtui.market.core.clock cimport Scheduler
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.core.order_ids cimport IdRange

cdef class LimitOrders:
    cdef public Scheduler clock
    cdef public object spec
    cdef public Exchange _exchange
    cdef public object _rng, _ids
    cdef public IdRange _next_id
    cdef public list _buys, _distances, _sizes
    cdef public object _waits, _least
    cdef public Py_ssize_t _candidates
    cdef public dict _fates
    cpdef double _rate(self, side, price)
    @cython.locals(price=cython.longlong)
    cpdef _arrive(self, now_ns, Py_ssize_t row)
    cpdef _place(self, now_ns, Py_ssize_t row, side, long long price)
    cpdef _consider(self, now_ns, order_id)

cdef class NoiseLimit(LimitOrders):
    @cython.locals(behind=cython.longlong, lots=cython.longlong, falling=double)
    cpdef double _rate(self, side, price)

cdef class NoiseMarket:
    cdef public object spec
    cdef public Exchange _exchange
    cdef public object _rng, _pending
    cdef public IdRange _next_id
    cdef public list _metaorders, _buys, _sizes
    @cython.locals(collar=cython.longlong)
    cpdef _arrive(self, now_ns, Py_ssize_t row)
    cpdef bint _sign(self, double which, double sign, double length)
