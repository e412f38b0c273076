cimport cython
from cpython.array cimport array
from mmtui.market.traders.participant cimport Participant

cdef class Institution(Participant):
    cdef public long long traded, _volume
    cdef public double _rate, _participation, _due
    cdef public object _spec, _instrument, _looked_ns
    cdef public array _passive, _sizes
    cdef public dict _until_ns, _left
    cpdef _on_trade(self, now_ns, trade, mid_before, maker)
    @cython.locals(volume=cython.longlong)
    cpdef act(self, long long now_ns, long long kind, long long row)
