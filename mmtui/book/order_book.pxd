cimport cython
cimport mmtui.book.c_named_tuples as named_tuples
from mmtui.book.price_levels cimport BookSide, PriceLevel

cdef object _BUY, _SELL, _GTC, _IOC, _FOK, _ALLOW, _CANCEL_INCOMING, _FILLED, _RESTING, _CANCELLED

cdef class OrderBook:
    cdef public object symbol, tick, _self_trade, _matching
    cdef public BookSide bids, asks
    cdef public dict _orders, _owners
    @cython.locals(own=BookSide, other=BookSide, level=PriceLevel, best=PriceLevel)
    cpdef limit(self, order_id, side, price, quantity, time_in_force=*, bint post_only=*, owner=*)
    cpdef market(self, order_id, side, quantity, owner=*)
    @cython.locals(level=PriceLevel)
    cpdef cancel(self, order_id)
    @cython.locals(level=PriceLevel)
    cpdef reduce(self, order_id, quantity)
    @cython.locals(level=PriceLevel, best=PriceLevel)
    cpdef replace(self, order_id, price, quantity, bint post_only=*)
    cpdef level_of(self, order_id)
    @cython.locals(level=PriceLevel)
    cpdef remaining(self, order_id)
    cpdef BookSide _side(self, side)
    @cython.locals(orders=dict, owners=dict, trades=list, level=PriceLevel, queue=dict)
    cpdef _take(self, order_id, BookSide own, BookSide other, worst, quantity, time_in_force, owner)
