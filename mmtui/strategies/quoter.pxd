cimport cython
cimport mmtui.book.c_named_tuples as named_tuples
cimport libc.math as math

cpdef tuple targets(quotes, view)
@cython.locals(most=cython.longlong, limit=cython.longlong, inward=double, price=double, bid_size=cython.longlong, ask_size=cython.longlong, bid_price=cython.longlong, ask_price=cython.longlong, total=cython.longlong)
cpdef tuple within(quotes, rules, long long position, long long step, band, others_bid, others_ask)
@cython.locals(kept=cython.longlong, quantity=cython.longlong, there=cython.longlong, excess=cython.longlong, removals=list, placements=list)
cpdef list changes(tuple wanted, working, long long least=*)
cpdef checked(quotes)
