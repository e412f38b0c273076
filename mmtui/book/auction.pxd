cimport cython
from mmtui.book.order_book cimport OrderBook
from mmtui.book.price_levels cimport BookSide, PriceLevel

cdef class AuctionBook(OrderBook):
    @cython.locals(own=BookSide, other=BookSide, level=PriceLevel)
    cpdef limit(self, order_id, side, price, quantity, time_in_force=*, bint post_only=*, owner=*)
    cpdef market(self, order_id, side, quantity, owner=*)
    @cython.locals(bids=dict, asks=dict, found=list)
    cpdef indication(self, reference)
    @cython.locals(level=PriceLevel)
    cpdef left(self, side, lots)
    cpdef list _allot(self, BookSide side, lots)

@cython.locals(level=PriceLevel, found=dict)
cpdef dict _up_to(BookSide side, last)
