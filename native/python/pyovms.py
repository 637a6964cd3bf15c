"""pyovms in Python alone, for Python 3.12 and later; the module in C of the same name is used where it lies beside this file."""

import operator
import sys

if sys.version_info < (3, 12):
    raise ImportError(
        "pyovms needs its module in C here, which lib/python does not have (it is made at publish where Python's headers are), "
        "or Python 3.12 or later; this is Python %s" % sys.version.split()[0])

_FORMATS = {
    "BOOL": "?", "UINT8": "B", "UINT16": "H", "UINT32": "I", "UINT64": "Q", "INT8": "b", "INT16": "h", "INT32": "i", "INT64": "q",
    "FP16": "e", "FP32": "f", "FP64": "d",
}
_DATATYPES = {form: datatype for datatype, form in _FORMATS.items()}


def _datatype_of(view):
    form = view.format.lstrip("@=<")
    if form in ("l", "L"):
        form = {("l", 4): "i", ("l", 8): "q", ("L", 4): "I", ("L", 8): "Q"}[form, view.itemsize]
    return _DATATYPES.get(form, view.format)


class Tensor:
    """A named tensor over the memory of another object, with the buffer protocol.

    name: the stream of the node. data: any object with the buffer protocol. shape, datatype: what to say of the data to the next node or
    the caller; those of the data if left out.
    """

    __slots__ = ("_name", "_view", "_shape", "_datatype")

    def __init__(self, name, data, shape=None, datatype=None):
        if not isinstance(name, str):
            raise TypeError("name is a str; got %s" % type(name).__name__)
        if datatype is not None and not isinstance(datatype, str):
            raise TypeError("datatype is a str; got %s" % type(datatype).__name__)
        self._name = name
        self._view = memoryview(data).toreadonly()
        self._shape = self._view.shape if shape is None else tuple(operator.index(dimension) for dimension in shape)
        self._datatype = _datatype_of(self._view) if datatype is None else datatype

    @property
    def name(self):
        return self._name

    @property
    def shape(self):
        return self._shape

    @property
    def datatype(self):
        return self._datatype

    @property
    def size(self):
        """Bytes of the data."""
        return self._view.nbytes

    @property
    def data(self):
        return memoryview(self)

    def __buffer__(self, flags):
        if flags & 1:  # PyBUF_WRITABLE
            raise BufferError("a pyovms.Tensor is read-only")
        return memoryview(self._view)


def _input(name, memory, shape, datatype, form, buffer_shape):
    """A tensor that the server sent."""
    view = memoryview(memory).cast("B")
    known = form or _FORMATS.get(datatype, "B")
    dimensions = buffer_shape if form else shape
    if known not in ("B", "c") or len(dimensions) != 1 or dimensions[0] != len(view):
        count = 1
        for dimension in dimensions:
            count *= dimension
        try:
            if count and (form or datatype in _FORMATS):
                view = view.cast(known, dimensions) if dimensions else view.cast(known, ())
            elif known != "B" and datatype in _FORMATS:
                view = view.cast(known)
        except (TypeError, ValueError):
            pass  # a format of the sender's own: plain bytes
    return Tensor(name, view, shape, datatype)
