cimport cython
cimport mmtui.session.sending as sending
cimport mmtui.session.view as views
cimport mmtui.strategies.quoter as quoter
cimport mmtui.strategies.watchdog as watchdog
from mmtui.desk.desk cimport Desk
from mmtui.desk.presence cimport Presence
from mmtui.market.core.clock cimport Actor, Scheduler
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.core.gateway cimport Gateway, MakerOrder
from mmtui.market.core.impact cimport Impact
from mmtui.session.digest cimport Digest
from mmtui.session.manual_orders cimport ManualOrders
from mmtui.session.quoting_time cimport QuotingTime
from mmtui.session.view cimport View

cdef long long _ASK, _ASK_AFTER, _MATURE

cdef class Maker(Actor):
    cdef public Gateway gateway
    cdef public Desk desk
    cdef public Presence presence
    cdef public QuotingTime quoting_time
    cdef public View view
    cdef public list notices
    cdef public ManualOrders manual_orders
    cdef public object hedging, strategy, strategy_name, params, error, traceback, on_failure, on_order, joined
    cdef public object volume_by_second
    cdef public bint auto
    cdef public Exchange _exchange
    cdef public Scheduler _clock
    cdef public Digest _digest
    cdef public object _level, _market, _chosen, _quotes, _placed
    cdef public long long _index, _timer, _interval_ns, _asking, _filled_ns, _seen_lots, _placed_at
    cdef public bint _seen_auto, _has_hedges
    cpdef double sample(self, long long now_ns)
    cpdef double _impact(self, long long now_ns)
    cpdef _ask(self, long long now_ns, long long asking)
    cpdef act(self, long long now_ns, long long kind, long long row)
    @cython.locals(view=View, gateway=Gateway)
    cpdef _consult(self, strategy)
    cpdef on_fill(self, long long now_ns, MakerOrder order, trade, double mid_before, maker)
    cpdef on_event(self, long long now_ns, event, MakerOrder order, reason)
    @cython.locals(gateway=Gateway, bids=dict, asks=dict)
    cpdef _update_presence(self, long long now_ns)
