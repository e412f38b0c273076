cdef class IdRange:
    cdef public long long _next
    cpdef one(self)
