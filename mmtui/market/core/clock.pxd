cimport cython

cdef class Scheduler:
    cdef public long long now_ns, events
    cdef public object watch
    cdef public object _sources, _on_block
    cdef public long long _block_ns, _drawn_to_ns, _timer_count, _first_ns
    cdef public Py_ssize_t _place
    cdef public list _cuts, _times, _kinds, _rows, _actions, _timers
    cdef public bint _stopped
    cpdef at(self, time_ns, action, row=*)
    cpdef stop(self)
    @cython.locals(timers=list, times=list, kinds=list, rows=list, actions=list, place=cython.Py_ssize_t, next_ns=cython.longlong, run=cython.longlong)
    cpdef advance(self, long long to_ns)
    cpdef _draw(self)
