cimport cython
from mmtui.desk.hedge_book cimport HedgeBook
from mmtui.desk.markouts cimport Markouts
from mmtui.desk.mean_abs cimport MeanAbs

cdef class Desk(Markouts):
    cdef public long long position, max_abs, volume
    cdef public double fees, drawdown
    cdef public HedgeBook hedges
    cdef public double _tick_value, _cash, _entry, _spread, _position_pnl, _marked, _peak
    cdef public long long _changed_ns
    cdef public MeanAbs _held, _net_held
    cpdef weigh(self, now_ns)
    @cython.locals(total=double)
    cpdef double mark(self, double mid)
    @cython.locals(hedges=HedgeBook, hedge=double)
    cpdef double total(self, double mid)
