cdef class _SignedFlow:
    cdef public long long _window_ns, _net, _gross
    cdef public object _moves
    cpdef _add(self, now_ns, quantity)
    cpdef _expire(self, long long now_ns)
    cpdef double balance(self, long long now_ns)

cdef class TradeImbalance(_SignedFlow):
    cpdef update(self, now_ns, signed_quantity)
    cpdef double value(self, long long now_ns)

cdef class OrderFlowImbalance(_SignedFlow):
    cdef public object _quotes
