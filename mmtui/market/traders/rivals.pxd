cimport cython
cimport libc.math as math
from cpython.array cimport array
from mmtui.market.core.book cimport Book
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.traders.participant cimport Participant

cdef class Rival(Participant):
    cdef public long long inventory
    cdef public object _spec, _value, _bid_id, _ask_id
    cdef public double _weight, _skew, _half, _threshold
    cdef public long long _size, _bid, _ask
    cdef public array _learnt
    cpdef _on_trade(self, now_ns, trade, mid_before, maker)
    @cython.locals(exchange=Exchange, book=Book, best_bid=cython.longlong, best_ask=cython.longlong, bid=cython.longlong, ask=cython.longlong, price=cython.longlong, step=cython.longlong, learnt=double, weight=double, half=double, threshold=double, reservation=double)
    cpdef act(self, long long now_ns, long long kind, long long row)
    @cython.locals(exchange=Exchange, book=Book, dearest=double, cheapest=double)
    cpdef _snipe(self, long long now_ns, double reservation)
