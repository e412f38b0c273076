from cpython.array cimport array
from mmtui.market.traders.noise cimport LimitOrders

cdef class NoiseTable(LimitOrders):
    cdef public object spec, _value, _watch_rng
    cdef public array _values
    cpdef double _rate(self, side, long long price)
