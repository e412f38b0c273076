cimport cython
from mmtui.market.core.book cimport Book
from mmtui.market.core.impact cimport Impact
from mmtui.market.core.ladder cimport PriceLadder, LadderLevel, Taken

cdef class Exchange:
    cdef public object symbol, tape, tick_bands
    cdef public Book book
    cdef public object phase, phase_name, phase_ends_ns
    cdef public PriceLadder ladder
    cdef public Impact impact
    cdef public long long trades, volume, base_step
    cdef public list on_print, on_phase, _listeners, _withdrawn, _refused
    @cython.locals(step=cython.longlong)
    cpdef long long on_step(self, side, long long price)
    cpdef long long step_at(self, long long price)
    @cython.locals(step=cython.longlong)
    cpdef refusal(self, long long now_ns, side, long long price, bint immediate)
    cpdef quote(self, order_id, side, long long price, long long quantity)
    cpdef cancel(self, order_id)
    cpdef reduce_quote(self, order_id, long long quantity)
    cpdef bint rest(self, long long now_ns, order_id, side, long long price, long long quantity)
    cpdef withdraw(self, long long now_ns, order_id)
    @cython.locals(ladder=PriceLadder, best=LadderLevel, levels=cython.Py_ssize_t, taken=Taken)
    cpdef Taken take(self, long long now_ns, order_id, side, long long quantity, long long worst)
    @cython.locals(oldest_ns=cython.longlong)
    cpdef settle(self, long long now_ns, list trades, double mid_before)
    cpdef report(self, long long now_ns, trade, double mid_before)
