cimport cython
from mmtui.market.core.clock cimport Actor, Scheduler
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.core.order_ids cimport IdRange

cdef long long _QUOTE, _TAKE, _CANCEL, _REDUCE

@cython.no_gc
@cython.freelist(16)
cdef class MakerOrder:
    cdef public long long order_id, price, quantity, reducing
    cdef public object side
    cdef public bint immediate, manual, working, pending_cancel

cdef class Gateway(Actor):
    cdef public dict orders, bid_lots, ask_lots, _reductions
    cdef public long long _arrivals, _reduced
    cdef public long long position, bid_total, ask_total, changes, lots_changes
    cdef public Exchange _exchange
    cdef public Scheduler _clock
    cdef public object _limits, _listener
    cdef public IdRange _next_id
    cpdef quote(self, side, long long price, long long quantity, bint manual=*)
    cpdef cancel(self, order_id)
    cpdef reduce(self, order_id, quantity)
    cpdef dict lots(self, side)
    cpdef _open(self, side, long long price, long long quantity, bint immediate, bint manual)
    cpdef _send(self, long long kind, long long row)
    cpdef act(self, long long now_ns, long long kind, long long row)
    @cython.locals(resting=cython.longlong, committed=cython.longlong)
    cpdef _refusal(self, long long now_ns, MakerOrder order)
    @cython.locals(order=MakerOrder)
    cpdef _arrive_quote(self, long long now_ns, order_id)
    @cython.locals(order=MakerOrder)
    cpdef _arrive_take(self, long long now_ns, order_id)
    cpdef _arrive_cancel(self, long long now_ns, order_id)
    @cython.locals(order=MakerOrder)
    cpdef _gone(self, long long now_ns, order_id)
    @cython.locals(order=MakerOrder)
    cpdef _on_trade(self, long long now_ns, trade, double mid_before, maker)
    cpdef _forget(self, order_id)
    @cython.locals(lots=dict, left=cython.longlong)
    cpdef _add_lots(self, MakerOrder order, long long quantity)
