cdef class Digest:
    cdef public bytes _before
    cdef public list _block
