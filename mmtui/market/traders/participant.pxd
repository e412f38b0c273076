from mmtui.market.core.clock cimport Actor
from mmtui.market.core.exchange cimport Exchange
from mmtui.market.core.order_ids cimport IdRange

cdef class Participant(Actor):
    cdef public Exchange _exchange
    cdef public object _rng, _rng_name
    cdef public IdRange _next_id
