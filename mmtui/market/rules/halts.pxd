cdef long long _NEVER_NS

cdef class Halt:
    cdef public bint binds
    cdef public object cooling_off_ns, limit_state_ns
    cdef public long long halt_ns
    cpdef record(self, long long now_ns, long long price)
    cpdef band(self, long long now_ns)
    cpdef triggered(self, long long now_ns)
    cpdef reopened(self, long long now_ns, double price)

cdef class VolatilityControl(Halt):
    cdef public long long _window_ns, _first_ns, _last_ns, _end_ns, _ripe_ns
    cdef public long long _since_ns, _until_ns, _from_ns, _to_ns, _most, _triggers
    cdef public double _percent
    cdef public object _timetable, _waiting, _band
    cpdef record(self, long long now_ns, long long price)
    cpdef band(self, long long now_ns)
    cpdef triggered(self, long long now_ns)
    cpdef _look(self, long long now_ns)

cdef class LimitUpLimitDown(Halt):
    cdef public long long _window_ns, _hold_ns, _first_ns, _last_ns, _opening_ns, _closing_ns, _changed_ns
    cdef public double _percent, _update
    cdef public object _trades, _sum, _reference, _band
    cdef public bint _doubled
    cpdef record(self, long long now_ns, long long price)
    cpdef band(self, long long now_ns)
    cpdef reopened(self, long long now_ns, double price)
    cpdef _renew(self, long long now_ns)
