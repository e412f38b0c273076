cimport cython
from mmtui.desk.desk cimport Desk
from mmtui.market.core.clock cimport Scheduler
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.core.gateway cimport Gateway, MakerOrder

cdef class View:
    cdef public object _rules, _hedges, _hedge_gateway, _others, _trades
    cdef public Exchange _exchange
    cdef public Scheduler _clock
    cdef public Gateway _gateway
    cdef public Desk _desk

cpdef hold(View view)
@cython.locals(exchange=Exchange)
cpdef tuple held_targets(View view, quotes)
cpdef release(View view)
cpdef oblige(View view, max_width)
