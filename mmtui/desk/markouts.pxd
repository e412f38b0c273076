cimport cython

cdef class Markouts:
    cdef public list fills
    cdef public list _place, _lots, _sums
    cdef public dict _recent
    @cython.locals(fills=list, count=cython.Py_ssize_t, place=cython.Py_ssize_t, horizon=cython.Py_ssize_t, delay=cython.longlong, latest=cython.longlong, markout=double)
    cpdef mature(self, long long now_ns, double mid)
    @cython.locals(place=cython.Py_ssize_t, quantity=cython.longlong, lots=cython.longlong, total=double)
    cpdef recent_markout(self, Py_ssize_t horizon, Py_ssize_t fills)
