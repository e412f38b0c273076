from mmtui.market.traders.noise cimport LimitOrders

cdef class NoiseTable(LimitOrders):
    cpdef double _rate(self, side, price)
