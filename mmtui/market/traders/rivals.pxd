cimport cython
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.core.order_ids cimport IdRange

cdef class Rival:
    cdef public object spec
    cdef public long long inventory
    cdef public Exchange _exchange
    cdef public object _value, _rng
    cdef public IdRange _next_id
    cdef public list _learnt
    cdef public long long _bid_id, _ask_id, _bid, _ask
    cpdef _on_trade(self, now_ns, trade, mid_before, maker)
    @cython.locals(exchange=Exchange, best_bid=cython.longlong, best_ask=cython.longlong, bid=cython.longlong, ask=cython.longlong, bid_id=cython.longlong, ask_id=cython.longlong, order_id=cython.longlong, price=cython.longlong, step=cython.longlong, learnt=double, weight=double, half=double, snipe=double, reservation=double)
    cpdef _wake(self, now_ns, Py_ssize_t row)
    @cython.locals(exchange=Exchange, dearest=double, cheapest=double)
    cpdef _snipe(self, now_ns, double reservation)
