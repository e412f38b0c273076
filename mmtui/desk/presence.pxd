cdef class Presence:
    cdef public bint quoting, owed
    cdef public object _max_width
    cdef public long long _min_size, _since_ns, _elapsed_ns, _present_ns
    cpdef update(self, long long now_ns, bid, long long bid_size, ask, long long ask_size)
    cpdef _elapse(self, long long now_ns)
