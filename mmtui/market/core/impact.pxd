cimport cython
cimport libc.math as math

cdef long long _BUCKET_NS, _NONE
cdef double _SLOWEST_NS, _ROUND

cdef class _Account:
    cdef public double fast, middle, slow, stays, impact
    cdef public bint is_maker

cdef class Impact:
    cdef public object _spec, _movers, _makers
    cdef public dict _accounts
    cdef public long long _last_ns, _bucket
    cdef public double _total, _of_others
    @cython.locals(account=_Account)
    cpdef change(self, long long now_ns, spec)
    @cython.locals(account=_Account)
    cpdef trade(self, long long now_ns, index, long long lots)
    cpdef double at(self, long long now_ns)
    cpdef double of_others(self, long long now_ns)
    @cython.locals(account=_Account)
    cpdef double own(self, long long now_ns, index)
    @cython.locals(account=_Account, bucket=cython.longlong, elapsed_ns=cython.longlong, weight=double, least=double, root=double, total=double, makers=double, fast=double, middle=double, slow=double, first=double, second=double, third=double, faded=double, one=double)
    cpdef _read(self, long long now_ns)
    @cython.locals(account=_Account, fast=double, middle=double, slow=double)
    cpdef _fade(self, long long now_ns)

cdef double _grain(double number)
