cimport cython

cdef class BookSide

cdef class PriceLevel:
    cdef public object price, key, total, spent
    cdef public BookSide side
    cdef public dict queue
    cpdef drop(self, list order_ids)

cdef class BookSide:
    cdef public object side, levels, top
    cdef public PriceLevel best
    @cython.locals(level=PriceLevel, best=PriceLevel)
    cpdef PriceLevel open_level(self, price, key)
    cpdef close_level(self, PriceLevel level)
    cpdef clear(self)
    cpdef at(self, price)
