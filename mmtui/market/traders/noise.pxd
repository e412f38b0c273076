cimport cython
from cpython.array cimport array
from mmtui.market.core.book cimport Book
from mmtui.market.core.clock cimport Scheduler
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.traders.participant cimport Participant

cdef long long _NEAR, _CONSIDER
cdef double _SLOWEST, _FASTEST

@cython.no_gc
@cython.freelist(16)
cdef class Fate:
    cdef public object side, waits, least
    cdef public Py_ssize_t next

cdef class LimitOrders(Participant):
    cdef public Scheduler _clock
    cdef public long long _consideration
    cdef public array _waits, _least, _buys, _distances, _sizes
    cdef public object _ids
    cdef public Py_ssize_t _candidates
    cdef public dict _fates
    @cython.locals(order_id=object, fates=dict, book=Book, price=cython.longlong, fate=Fate, place=cython.Py_ssize_t, least=double)
    cpdef act(self, long long now_ns, long long kind, long long row)
    cpdef double _rate(self, side, long long price)
    @cython.locals(book=Book, price=cython.longlong)
    cpdef _arrive(self, long long now_ns, Py_ssize_t row)
    @cython.locals(place=cython.Py_ssize_t, fate=Fate)
    cpdef _place(self, long long now_ns, Py_ssize_t row, side, long long price)

cdef class NoiseLimit(LimitOrders):
    cdef public object _spec
    cdef public double _cancel_rate, _thin_lots
    cdef public list _rates
    @cython.locals(book=Book, rates=list, behind=cython.longlong, lots=cython.longlong)
    cpdef double _rate(self, side, long long price)
    cpdef double _rate_behind(self, long long behind)

cdef class NoiseMarket(Participant):
    cdef public object spec
    cdef public list _clusters, _metaorders
    cdef public array _which, _signs, _lengths, _sizes
    @cython.locals(exchange=Exchange, collar=cython.longlong, worst=cython.longlong)
    cpdef act(self, long long now_ns, long long kind, long long row)
    cpdef bint _sign(self, double which, double sign, double length)
