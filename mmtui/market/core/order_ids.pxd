cdef class IdRange:
    cdef public long long _next
    cpdef long long one(self)
