cimport cython
from mmtui.book.auction cimport AuctionBook
from mmtui.book.price_levels cimport BookSide, PriceLevel
from mmtui.market.core.book cimport Book
from mmtui.market.core.ladder cimport PriceLadder

cdef class Auction(Book):
    cdef public PriceLadder _ladder
    cdef public double _reference
    cdef public AuctionBook _book
    cdef public set _passing
    cdef public dict _held
    cpdef bint rest(self, order_id, side, long long price, long long quantity)
    cpdef bint _collect(self, order_id, side, long long price, long long quantity)
    cpdef bint quote(self, order_id, side, long long price, long long quantity)
    cpdef take(self, order_id, side, long long worst, long long quantity)
    cpdef cancel(self, order_id)
    cpdef reduce(self, order_id, long long quantity)
    cpdef bint holds(self, order_id)
    @cython.locals(ladder=PriceLadder)
    cpdef _look(self)
    cpdef indication(self)
    cpdef BookSide _side(self, side)
    cpdef bint rests(self, order_id)
    @cython.locals(level=PriceLevel)
    cpdef long long price_of(self, order_id)
    @cython.locals(level=PriceLevel)
    cpdef long long touch_lots(self, side)
    @cython.locals(level=PriceLevel)
    cpdef best_excluding(self, side, dict own)
    @cython.locals(book=AuctionBook)
    cpdef list uncross(self)
