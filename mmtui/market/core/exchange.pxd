cimport cython
from mmtui.market.core.impact cimport Impact
from mmtui.market.core.ladder cimport Ladder, Level

cdef class Exchange:
    cdef public object symbol, book, tape, tick_bands
    cdef public object phase, phase_name, phase_ends_ns
    cdef public Ladder ladder
    cdef public Impact impact
    cdef public long long trades, volume, base_step
    cdef public list on_print, on_phase, _listeners, _withdrawn, _refused
    cpdef on_step(self, side, price)
    cpdef step_at(self, price)
    cpdef quote(self, order_id, side, price, quantity)
    cpdef cancel(self, order_id)
    cpdef reduce_quote(self, order_id, quantity)
    cpdef bint rest(self, now_ns, order_id, side, price, quantity)
    cpdef withdraw(self, now_ns, order_id)
    @cython.locals(ladder=Ladder, best=Level, levels=cython.Py_ssize_t)
    cpdef take(self, now_ns, order_id, side, quantity, worst)
    cpdef settle(self, now_ns, list trades, mid_before)
    cpdef report(self, now_ns, trade, mid_before)
