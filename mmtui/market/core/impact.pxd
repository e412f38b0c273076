cimport cython

cdef class Impact:
    cdef public object _spec, _accounts, _makers, _bucket
    cdef public dict _memories, _kept, _own
    cdef public long long _last_ns
    cdef public double _total, _of_others
    cpdef change(self, now_ns, spec)
    cpdef trade(self, long long now_ns, index, long long lots)
    cpdef double at(self, long long now_ns)
    cpdef double of_others(self, long long now_ns)
    cpdef double own(self, long long now_ns, index)
    @cython.locals(kept=dict, own=dict, weight=double, least=double, root=double, total=double, makers=double, fast=double, middle=double, slow=double, first=double, second=double, third=double, faded=double, one=double)
    cpdef _read(self, long long now_ns)
    @cython.locals(fast=double, middle=double, slow=double, first=double, second=double, third=double)
    cpdef _fade(self, long long now_ns)
