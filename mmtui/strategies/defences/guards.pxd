cimport cython
cimport libc.math as math
from mmtui.signals.hurst cimport Hurst
from mmtui.signals.hysteresis cimport Hysteresis
from mmtui.signals.imbalance cimport TradeImbalance
from mmtui.signals.lead cimport Lead
from mmtui.signals.spread cimport SpreadRatio
from mmtui.strategies.defences.quote_adjustment cimport QuoteAdjustment
from mmtui.strategies.models.learner cimport Learner

cdef long long _MARKOUT_NS

@cython.no_gc
@cython.freelist(16)
cdef class Situation:
    cdef public object view
    cdef public long long now_ns, position, spread
    cdef public double mid, volatility, width

cdef class Guard:
    cpdef adjust(self, Situation now, QuoteAdjustment adjustment)

@cython.locals(now=Situation, adjustment=QuoteAdjustment, guard=Guard)
cpdef protected(list guards, quotes, view, Learner learner, widest)

cdef class StressGuard(Guard):
    cdef public Hysteresis _volatile, _spiked, _wide
    cdef public double _width, _size, _spike_size
    cdef public SpreadRatio _ratio
    @cython.locals(volatile=cython.bint, spiked=cython.bint, wide=cython.bint)
    cpdef adjust(self, Situation now, QuoteAdjustment adjustment)

cdef class PositionGuard(Guard):
    cdef public Hysteresis _long, _short
    cdef public double _size
    @cython.locals(held=double)
    cpdef adjust(self, Situation now, QuoteAdjustment adjustment)

cdef class ImbalanceGuard(Guard):
    cdef public Hysteresis _buying, _selling
    cdef public object _shade, _seen_ns
    cdef public double _stale
    cdef public TradeImbalance _imbalance
    cdef public Lead _lead
    @cython.locals(now_ns=cython.longlong, imbalance=double, shade=double, shift=double, buying=cython.bint, selling=cython.bint)
    cpdef adjust(self, Situation now, QuoteAdjustment adjustment)

cdef class ToxicityGuard(Guard):
    cdef public Hysteresis _suspicious
    cdef public double _width, _size
    cdef public long long _pause_ns, _seen_ns
    cdef public object _back_ns, _toxicity, _waiting
    cpdef adjust(self, Situation now, QuoteAdjustment adjustment)
    cpdef _mark_out(self, Situation now)

cdef class BandGuard(Guard):
    cdef public Hysteresis _near, _out
    cdef public double _width, _size, _lean
    cdef public long long _after_ns, _side
    cdef public object _bound_ns
    cpdef adjust(self, Situation now, QuoteAdjustment adjustment)

cdef class HurstGuard(Guard):
    cdef public Hysteresis _trending, _reverting
    cdef public double _trend_width, _lean, _revert_width
    cdef public Hurst _hurst
    @cython.locals(score=double)
    cpdef adjust(self, Situation now, QuoteAdjustment adjustment)
