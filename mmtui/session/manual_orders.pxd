cimport cython
from mmtui.market.core.clock cimport Scheduler
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.core.gateway cimport Gateway, MakerOrder
from mmtui.session.view cimport View

cdef class ManualOrders:
    cdef public object peg, _before
    cdef public Gateway _gateway
    cdef public Exchange _exchange
    cdef public Scheduler _clock
    cdef public View _view
    cdef public long long _position_limit, _max_order, _interval_ns, _following, _followed_after_fill_ns
    cdef public list _notices
    cdef public dict _filled
    cpdef do(self, command)
    @cython.locals(order=MakerOrder)
    cpdef list _working(self)
    @cython.locals(order=MakerOrder)
    cpdef list _standing(self)
    cpdef fix(self)
