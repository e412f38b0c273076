cimport cython
from mmtui.market.core.clock cimport Scheduler
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.core.ladder cimport PriceLadder, Taken
from mmtui.market.rules.halts cimport Halt

cdef class Venue(Exchange):
    cdef public object _instrument, _timetable, _auction, _fixed, _swept
    cdef public Halt _halt
    cdef public double _last
    cdef public bint _trading, _binds, _halted
    cdef public long long _closed_ns, _turn
    cdef public list _due
    cdef public Scheduler _clock
    cpdef refusal(self, long long now_ns, side, long long price, bint immediate)
    cpdef band(self, long long now_ns)
    cpdef bint rest(self, long long now_ns, order_id, side, long long price, long long quantity)
    cpdef withdraw(self, long long now_ns, order_id)
    cpdef Taken take(self, long long now_ns, order_id, side, long long quantity, long long worst)
    cpdef settle(self, long long now_ns, list trades, double mid_before)
    cpdef _in_force(self, long long now_ns)
    @cython.locals(ladder=PriceLadder, best=cython.longlong)
    cpdef bint _beyond(self, band, side, long long worst)
    cpdef _look_at_limits(self, long long now_ns, band)

cpdef bint _outside(band, long long price)
cpdef long long _inside(band, side, long long price)
