# What timer_heap.py does, for compiled modules: timers lie one after the other in an array, four numbers each.

from cpython.array cimport array, resize_smart

ctypedef (long long, long long, long long, long long) Timer


cdef inline array empty():
    return array("q")


cdef inline Timer first(array timers):
    cdef long long *heap = timers.data.as_longlongs
    cdef Timer never = (2**63 - 1, 0, 0, 0)
    return (heap[0], heap[1], heap[2], heap[3]) if len(timers) else never


cdef inline bint _before(long long *one, long long *other):
    return one[0] < other[0] or (one[0] == other[0] and one[1] < other[1])


cdef inline void _copy(long long *source, long long *target):
    target[0], target[1], target[2], target[3] = source[0], source[1], source[2], source[3]


cdef inline int push(array timers, Timer timer) except -1:
    cdef Py_ssize_t at = len(timers), above
    cdef long long *found = [timer[0], timer[1], timer[2], timer[3]]
    resize_smart(timers, at + 4)
    cdef long long *heap = timers.data.as_longlongs
    while at:
        above = (at // 4 - 1) // 2 * 4
        if _before(heap + above, found):
            break
        _copy(heap + above, heap + at)
        at = above
    _copy(found, heap + at)
    return 0


cdef inline Timer pop(array timers):
    cdef long long *heap = timers.data.as_longlongs
    cdef Timer earliest = first(timers)
    cdef Py_ssize_t at = 0, below = 4, last = len(timers) - 4
    while below < last:
        if below + 4 < last and _before(heap + below + 4, heap + below):
            below += 4
        if _before(heap + last, heap + below):
            break
        _copy(heap + below, heap + at)
        at, below = below, 2 * below + 4
    _copy(heap + last, heap + at)
    resize_smart(timers, last)
    return earliest
