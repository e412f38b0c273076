cimport cython

cdef object _BUY

cdef class BookSide

cdef class PriceLevel:
    cdef public object price, key, total, spent
    cdef public BookSide side
    cdef public dict queue
    cpdef drop(self, list order_ids)

cdef class BookSide:
    cdef public object side, top, _sorted
    cdef public dict prices, _moved
    cdef public PriceLevel best
    @cython.locals(level=PriceLevel, best=PriceLevel)
    cpdef PriceLevel open_level(self, price)
    @cython.locals(prices=dict)
    cpdef close_level(self, PriceLevel level)
    @cython.locals(level=PriceLevel)
    cpdef PriceLevel _next(self, price)
    cpdef clear(self)
    cpdef at(self, price)
