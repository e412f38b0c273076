# What named_tuples.py does, for compiled modules: values go from a tuple into the named one without a call between.

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_SET_ITEM


cdef extern from "Python.h":
    ctypedef struct PyTypeObject:
        tuple (*tp_alloc)(PyTypeObject *named, Py_ssize_t size)
    void PyObject_GC_UnTrack(PyObject *made)


cdef inline tuple new(named, tuple values):
    cdef Py_ssize_t size = len(values), place
    cdef tuple made = (<PyTypeObject *>named).tp_alloc(<PyTypeObject *>named, size)
    cdef object value
    for place in range(size):
        value = values[place]
        Py_INCREF(value)
        PyTuple_SET_ITEM(made, place, value)
    PyObject_GC_UnTrack(<PyObject *>made)
    return made
