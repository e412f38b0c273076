cimport cython
cimport mmtui.market.core.c_timer_heap as timer_heap
from cpython.array cimport array

cdef long long KINDS, _KIND_BITS, _KIND, _NEVER_NS

cdef class Actor:
    cpdef act(self, long long now_ns, long long kind, long long row)

cdef class Call(Actor):
    cdef public object action
    cpdef act(self, long long now_ns, long long kind, long long row)

cdef class Scheduler:
    cdef public long long now_ns, events
    cdef public object watch
    cdef public object _sources, _on_block
    cdef public long long _block_ns, _end_ns, _drawn_to_ns, _timer_count, _first_ns
    cdef public Py_ssize_t _place
    cdef public list _cuts, _actors
    cdef public dict _numbers
    cdef public array _times, _whats, _rows, _timers
    cdef public bint _stopped
    cpdef long long enter(self, actor) except -1
    cpdef at(self, long long time_ns, action, long long row=*)
    cpdef set(self, long long time_ns, long long what, long long row=*)
    @cython.locals(timers=array, kept=array, timer=timer_heap.Timer)
    cpdef drop(self, long long what)
    cpdef stop(self)
    @cython.locals(timers=array, times=cython.longlong[::1], whats=cython.longlong[::1], rows=cython.longlong[::1], actors=list, actor=Actor, place=cython.Py_ssize_t, next_ns=cython.longlong, time_ns=cython.longlong, what=cython.longlong, row=cython.longlong, run=cython.longlong)
    cpdef advance(self, long long to_ns)
