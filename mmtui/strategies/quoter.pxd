cimport cython
cimport libc.math as math

@cython.locals(most=cython.longlong, limit=cython.longlong, position=cython.longlong, inward=double, bid_size=cython.longlong, ask_size=cython.longlong, step=cython.longlong, bid_price=cython.longlong, ask_price=cython.longlong, total=cython.longlong)
cpdef tuple targets(quotes, view)
@cython.locals(kept=cython.longlong, quantity=cython.longlong, there=cython.longlong, excess=cython.longlong, removals=list, placements=list)
cpdef list changes(tuple wanted, working, long long least=*)
cpdef tuple _checked(quotes)
