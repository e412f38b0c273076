cimport cython
cimport mmtui.book.c_named_tuples as named_tuples
from mmtui.market.core.book cimport Book

cdef long long _NEAR

@cython.no_gc
@cython.freelist(16)
cdef class LadderLevel:
    cdef public long long price, total, spent
    cdef public object side
    cdef public dict queue

@cython.no_gc
@cython.freelist(16)
cdef class Taken:
    cdef public list trades, removed
    cdef public long long filled

cdef class PriceLadder(Book):
    cdef public dict bids, asks, levels
    cdef public int makers

    @cython.locals(level=LadderLevel, levels=dict)
    cpdef bint rest(self, order_id, side, long long price, long long quantity)
    cpdef bint quote(self, order_id, side, long long price, long long quantity)
    @cython.locals(level=LadderLevel)
    cpdef cancel(self, order_id)
    @cython.locals(level=LadderLevel, levels=dict)
    cpdef bint withdraw(self, order_id)
    @cython.locals(queue=dict)
    cpdef _remove(self, order_id, LadderLevel level)
    @cython.locals(level=LadderLevel)
    cpdef reduce(self, order_id, long long quantity)
    @cython.locals(level=LadderLevel, levels=dict, known=dict, queue=dict, trades=list, removed=list, gone=list, left=cython.longlong, price=cython.longlong, there=cython.longlong)
    cpdef Taken take(self, order_id, side, long long quantity, long long worst, own=*)
    @cython.locals(queue=dict)
    cpdef _drop(self, LadderLevel level, list order_ids)
    @cython.locals(price=cython.longlong, bids=dict, asks=dict)
    cpdef _close(self, LadderLevel level)
    cpdef clear(self)
    @cython.locals(level=LadderLevel, ahead=cython.longlong, spare=cython.longlong, left=cython.longlong)
    cpdef long long spare(self, side, long long quantity, own)
    cpdef part_of(self, order_id)
    cpdef dict side(self, side)
    cpdef list sorted(self, side)
    @cython.locals(level=LadderLevel)
    cpdef best(self, side)
    @cython.locals(level=LadderLevel)
    cpdef long long touch_lots(self, side)
    @cython.locals(level=LadderLevel, levels=dict, price=cython.longlong, away=cython.longlong)
    cpdef best_excluding(self, side, dict own)
    @cython.locals(bid=cython.longlong, ask=cython.longlong)
    cpdef tuple others_touch(self, dict own_bids, dict own_asks)
    cpdef bint rests(self, order_id)
    @cython.locals(level=LadderLevel)
    cpdef long long price_of(self, order_id)
    @cython.locals(level=LadderLevel)
    @cython.locals(level=LadderLevel)
    cpdef remaining(self, order_id)
    @cython.locals(level=LadderLevel, lots=cython.longlong, orders=cython.longlong)
    cpdef queue_ahead(self, order_id)

@cython.locals(level=LadderLevel)
cpdef bint _alone(order_id, dict levels)
cpdef long long _next(dict levels, long long price, long long step)
