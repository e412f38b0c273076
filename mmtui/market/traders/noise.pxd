cimport cython
from mmtui.market.core.clock cimport Scheduler
from mmtui.market.traders.participant cimport Participant

cdef class LimitOrders(Participant):
    cdef public Scheduler clock
    cdef public object spec, _ids
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

cdef class NoiseMarket(Participant):
    cdef public object spec
    cdef public list _clusters, _metaorders, _signs, _sizes
    @cython.locals(collar=cython.longlong)
    cpdef _arrive(self, now_ns, Py_ssize_t row)
    cpdef bint _sign(self, double which, double sign, double length)
