from mmtui.market.core.gateway cimport Gateway

cpdef send(Gateway gateway, list actions, bint manual)
