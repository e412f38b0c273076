cimport cython

@cython.no_gc
@cython.freelist(16)
cdef class QuoteAdjustment:
    cdef public double shift, lean, bid_width, ask_width, bid_back, ask_back, bid_size, ask_size
    cdef public bint bid, ask
    cpdef widen(self, double factor)
    cpdef shrink(self, double factor)
    @cython.locals(wanted=double, centre=double, closer=double)
    cpdef apply(self, quotes, double mid, least=*, widest=*)
