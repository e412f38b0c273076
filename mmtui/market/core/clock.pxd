cimport cython

cdef class Scheduler:
    cdef public long long now_ns, events
    cdef public object watch
    cdef public object _sources, _on_block
    cdef public long long _block_ns, _drawn_to_ns, _timer_count
    cdef public list _cuts, _drawn, _timers
    cdef public bint _stopped
    cpdef at(self, time_ns, action, row=*)
    cpdef stop(self)
    @cython.locals(timers=list, drawn=list, run=cython.longlong)
    cpdef advance(self, to_ns)
    cpdef _draw(self)
