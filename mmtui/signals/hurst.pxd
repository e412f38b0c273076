cimport cython
from mmtui.signals.grid cimport Grid

cdef class Hurst:
    cdef public Grid _grid
    cdef public object _mids, _reading
    cdef public tuple _lags
    cdef public list _squares
    cdef public long long _least_lag, _samples
    cdef public bint _in_halves, _is_old
    @cython.locals(passed=cython.longlong)
    cpdef update(self, long long now_ns, double mid)
    cpdef sample(self, double mid)
    @cython.locals(squares=list, count=cython.longlong, place=cython.Py_ssize_t, lag=cython.Py_ssize_t, oldest=double)
    cpdef _add(self, double mid)
