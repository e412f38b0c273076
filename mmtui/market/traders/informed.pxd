cimport cython
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.core.order_ids cimport IdRange

cdef class Informed:
    cdef public object spec
    cdef public Exchange _exchange
    cdef public object _value, _rng
    cdef public IdRange _next_id
    cdef public list _chances, _values, _errors, _sizes
    @cython.locals(exchange=Exchange, value=double, seen=double, gap=double, bid=cython.longlong, ask=cython.longlong, worst=cython.longlong)
    cpdef _wake(self, now_ns, Py_ssize_t row)

cdef class Momentum:
    cdef public object spec
    cdef public Exchange _exchange
    cdef public object _rng
    cdef public IdRange _next_id
    cdef public list _sizes
    cdef public double _average
    cdef public long long _last_ns
    @cython.locals(mid=double, weight=double, away=double, worst=cython.longlong)
    cpdef _wake(self, long long now_ns, Py_ssize_t row)
