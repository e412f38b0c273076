cimport cython

cdef class _Alarm:
    cdef public bint asking, standing
    cdef public long long questions, rung
    cdef public object allowed, thread

cpdef ask(strategy, view)
@cython.locals(alarm=_Alarm, here=cython.bint)
cpdef _answered(call, argument, what, whose)
