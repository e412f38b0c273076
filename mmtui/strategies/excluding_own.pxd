cpdef tuple others_touch(view)
cpdef others_mid(view)
