cimport cython
from mmtui.market.core.clock cimport Actor, Scheduler
from mmtui.market.core.exchange cimport Exchange
from mmtui.session.maker cimport Maker

cdef class Samples(Actor):
    cdef public object pnl, mid, spread, others
    cdef public Maker maker
    cdef public bint watched
    cdef public Scheduler _clock
    cdef public Exchange _exchange
    cdef public long long _timer, _end_ns
    cdef public double _floor
    cdef public object _after
    @cython.locals(exchange=Exchange, maker=Maker, other=Maker, total=double)
    cpdef act(self, long long now_ns, long long kind, long long row)
