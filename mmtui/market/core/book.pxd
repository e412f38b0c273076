cdef class Book:
    cdef public long long best_bid, best_ask
    cpdef bint rest(self, order_id, side, long long price, long long quantity)
    cpdef bint quote(self, order_id, side, long long price, long long quantity)
    cpdef cancel(self, order_id)
    cpdef reduce(self, order_id, long long quantity)
    cpdef bint rests(self, order_id)
    cpdef long long price_of(self, order_id)
    cpdef long long touch_lots(self, side)
    cpdef best_excluding(self, side, dict own)
    cpdef tuple others_touch(self, dict own_bids, dict own_asks)
