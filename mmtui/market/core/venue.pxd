cimport cython
from mmtui.market.core.clock cimport Scheduler
from mmtui.market.core.exchange cimport Exchange

cdef class Venue(Exchange):
    cdef public object _instrument, _timetable, _halt, _auction, _fixed, _swept
    cdef public double _last
    cdef public bint _trading, _binds, _halted
    cdef public long long _closed_ns, _turn
    cdef public list _due
    cdef public Scheduler _clock
    cpdef band(self, now_ns)
    cpdef bint rest(self, now_ns, order_id, side, price, quantity)
    cpdef withdraw(self, now_ns, order_id)
    cpdef take(self, now_ns, order_id, side, quantity, worst)
    cpdef settle(self, now_ns, list trades, mid_before)
    cpdef _in_force(self, now_ns)
    cpdef bint _beyond(self, band, side, worst)
    cpdef _look_at_limits(self, now_ns, band)
