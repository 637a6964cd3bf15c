// pyovms: the tensors of Python nodes. Uses Python's limited API of 3.11, so that one library serves every later Python too.
// lib/python/pyovms.py is the same in Python alone, for Python 3.12 and later.

#define _GNU_SOURCE
#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>
#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
#endif

// A tensor over the memory of another object. Made by a handler, its buffer is that object's; sent by the server (dims is not NULL), it has
// a format and a shape of its own over plain bytes.
typedef struct {
    PyObject_HEAD
    PyObject *name;
    PyObject *datatype;
    PyObject *shape;
    PyObject *source;
    Py_buffer view;
    char *format;
    Py_ssize_t itemsize;
    int ndim;
    Py_ssize_t *dims; // ndim dimensions, then ndim strides
} Tensor;

static const struct {
    const char *datatype;
    char code;
    Py_ssize_t size;
} kinds[] = {
    {"BOOL", '?', 1},   {"UINT8", 'B', 1}, {"UINT16", 'H', 2}, {"UINT32", 'I', 4}, {"UINT64", 'Q', 8}, {"INT8", 'b', 1},
    {"INT16", 'h', 2},  {"INT32", 'i', 4}, {"INT64", 'q', 8},  {"FP16", 'e', 2},   {"FP32", 'f', 4},   {"FP64", 'd', 8},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static PyObject *tensor_type;

// The datatype of a buffer's format; the format itself where there is none.
static PyObject *datatype_of(const char *format, Py_ssize_t itemsize) {
    const char *text = format ? format : "B";
    char code = text[strspn(text, "@=<")];
    int is_one = code != 0 && text[strspn(text, "@=<") + 1] == 0;
    if (code == 'l')
        code = itemsize == 8 ? 'q' : 'i';
    if (code == 'L')
        code = itemsize == 8 ? 'Q' : 'I';
    for (int i = 0; is_one && i < KINDS; i++)
        if (kinds[i].code == code && kinds[i].size == itemsize)
            return PyUnicode_FromString(kinds[i].datatype);
    return PyUnicode_FromString(text);
}

// A tuple of the numbers in a sequence.
static PyObject *numbers_of(PyObject *sequence) {
    PyObject *items = PySequence_Tuple(sequence);
    if (!items)
        return NULL;
    Py_ssize_t count = PyTuple_Size(items);
    PyObject *numbers = PyTuple_New(count);
    for (Py_ssize_t i = 0; numbers && i < count; i++) {
        PyObject *number = PyNumber_Index(PyTuple_GetItem(items, i));
        if (!number || PyTuple_SetItem(numbers, i, number) < 0)
            Py_CLEAR(numbers);
    }
    Py_DECREF(items);
    return numbers;
}

static PyObject *shape_of(const Py_buffer *view) {
    PyObject *shape = PyTuple_New(view->ndim);
    for (int i = 0; shape && i < view->ndim; i++) {
        PyObject *number = PyLong_FromSsize_t(view->shape[i]);
        if (!number || PyTuple_SetItem(shape, i, number) < 0)
            Py_CLEAR(shape);
    }
    return shape;
}

static int tensor_clear(PyObject *object) {
    Tensor *self = (Tensor *)object;
    if (self->view.obj)
        PyBuffer_Release(&self->view);
    Py_CLEAR(self->source);
    Py_CLEAR(self->name);
    Py_CLEAR(self->datatype);
    Py_CLEAR(self->shape);
    PyMem_Free(self->format);
    PyMem_Free(self->dims);
    self->format = NULL;
    self->dims = NULL;
    return 0;
}

static int tensor_init(PyObject *object, PyObject *arguments, PyObject *keywords) {
    static char *names[] = {"name", "data", "shape", "datatype", NULL};
    PyObject *name, *data, *shape = Py_None, *datatype = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "UO|OO:Tensor", names, &name, &data, &shape, &datatype))
        return -1;
    if (datatype != Py_None && !PyUnicode_Check(datatype)) {
        PyErr_SetString(PyExc_TypeError, "datatype is a str");
        return -1;
    }
    Tensor *self = (Tensor *)object;
    if (self->source) {
        PyErr_SetString(PyExc_TypeError, "a pyovms.Tensor does not change");
        return -1;
    }
    if (PyObject_GetBuffer(data, &self->view, PyBUF_FULL_RO) < 0)
        return -1;
    self->source = Py_NewRef(data);
    self->name = Py_NewRef(name);
    self->shape = shape == Py_None ? shape_of(&self->view) : numbers_of(shape);
    self->datatype = datatype == Py_None ? datatype_of(self->view.format, self->view.itemsize) : Py_NewRef(datatype);
    return self->shape && self->datatype ? 0 : -1;
}

static int tensor_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((Tensor *)object)->source);
    return 0;
}

static void tensor_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    tensor_clear(object);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static int tensor_getbuffer(PyObject *object, Py_buffer *view, int flags) {
    Tensor *self = (Tensor *)object;
    view->obj = NULL;
    if (flags & PyBUF_WRITABLE) {
        PyErr_SetString(PyExc_BufferError, "a pyovms.Tensor is read-only");
        return -1;
    }
    if (!self->source) {
        PyErr_SetString(PyExc_BufferError, "the pyovms.Tensor was not made");
        return -1;
    }
    if (!self->dims) {
        if (PyObject_GetBuffer(self->source, view, flags) < 0)
            return -1;
        view->readonly = 1;
        return 0;
    }
    if ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS && self->ndim > 1) {
        PyErr_SetString(PyExc_BufferError, "a pyovms.Tensor has its last dimension innermost");
        return -1;
    }
    int has_shape = (flags & PyBUF_ND) == PyBUF_ND;
    view->obj = Py_NewRef(object);
    view->buf = self->view.buf;
    view->len = self->view.len;
    view->readonly = 1;
    view->itemsize = self->itemsize;
    view->format = flags & PyBUF_FORMAT ? self->format : NULL;
    view->ndim = has_shape ? self->ndim : 1;
    view->shape = has_shape ? self->dims : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? self->dims + self->ndim : NULL;
    view->suboffsets = NULL;
    view->internal = NULL;
    return 0;
}

// Gives a tensor of the server's its format and shape; 0 if they do not fit the bytes.
static int set_form(Tensor *self, const char *format, Py_ssize_t itemsize, PyObject *shape) {
    Py_ssize_t count = PyTuple_Size(shape);
    PyMem_Free(self->dims);
    PyMem_Free(self->format);
    self->format = NULL;
    self->dims = count > 64 ? NULL : PyMem_Malloc((size_t)(2 * count + 1) * sizeof(Py_ssize_t));
    if (!self->dims)
        return 0;
    Py_ssize_t elements = 1;
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_ssize_t dimension = PyLong_AsSsize_t(PyTuple_GetItem(shape, i));
        if (dimension < 0 || (dimension > 0 && elements > PY_SSIZE_T_MAX / dimension)) {
            PyErr_Clear();
            return 0;
        }
        self->dims[i] = dimension;
        elements *= dimension;
    }
    if (itemsize == 0)
        itemsize = elements > 0 ? self->view.len / elements : 1;
    if (itemsize <= 0 || elements > PY_SSIZE_T_MAX / itemsize || elements * itemsize != self->view.len)
        return 0;
    Py_ssize_t stride = itemsize;
    for (Py_ssize_t i = count; i-- > 0; stride *= self->dims[i])
        self->dims[count + i] = stride;
    self->format = PyMem_Malloc(strlen(format) + 1);
    if (!self->format)
        return 0;
    strcpy(self->format, format);
    self->ndim = (int)count;
    self->itemsize = itemsize;
    return 1;
}

static PyObject *input(PyObject *module, PyObject *arguments) {
    (void)module;
    PyObject *name, *memory, *shape, *datatype, *buffer_shape;
    const char *format;
    if (!PyArg_ParseTuple(arguments, "UOO!UsO!", &name, &memory, &PyTuple_Type, &shape, &datatype, &format, &PyTuple_Type, &buffer_shape))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot((PyTypeObject *)tensor_type, Py_tp_alloc);
    Tensor *self = (Tensor *)allocate((PyTypeObject *)tensor_type, 0);
    if (!self)
        return NULL;
    if (PyObject_GetBuffer(memory, &self->view, PyBUF_SIMPLE) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    self->source = Py_NewRef(memory);
    self->name = Py_NewRef(name);
    self->shape = Py_NewRef(shape);
    self->datatype = Py_NewRef(datatype);
    int is_set = 0;
    if (format[0]) {
        is_set = set_form(self, format, 0, buffer_shape);
    } else {
        for (int i = 0; !is_set && i < KINDS; i++) {
            const char code[] = {kinds[i].code, 0};
            if (PyUnicode_CompareWithASCIIString(datatype, kinds[i].datatype) == 0)
                is_set = set_form(self, code, kinds[i].size, shape);
        }
    }
    if (!is_set) {
        PyObject *all = Py_BuildValue("(n)", self->view.len);
        is_set = all && set_form(self, "B", 1, all);
        Py_XDECREF(all);
    }
    if (!is_set) {
        Py_DECREF(self);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static PyObject *get_name(PyObject *self, void *closure) {
    (void)closure;
    return Py_XNewRef(((Tensor *)self)->name);
}

static PyObject *get_shape(PyObject *self, void *closure) {
    (void)closure;
    return Py_XNewRef(((Tensor *)self)->shape);
}

static PyObject *get_datatype(PyObject *self, void *closure) {
    (void)closure;
    return Py_XNewRef(((Tensor *)self)->datatype);
}

static PyObject *get_size(PyObject *self, void *closure) {
    (void)closure;
    return PyLong_FromSsize_t(((Tensor *)self)->view.len);
}

static PyObject *get_data(PyObject *self, void *closure) {
    (void)closure;
    return PyMemoryView_FromObject(self);
}

static PyGetSetDef tensor_attributes[] = {
    {"name", get_name, NULL, "The stream of the node.", NULL},
    {"shape", get_shape, NULL, "The shape as the sender states it.", NULL},
    {"datatype", get_datatype, NULL, "The datatype as the sender states it.", NULL},
    {"size", get_size, NULL, "Bytes of the data.", NULL},
    {"data", get_data, NULL, "The data as a memoryview.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot tensor_slots[] = {
    {Py_tp_doc,
     "Tensor(name, data, shape=None, datatype=None)\n\nA named tensor over the memory of another object, with the buffer protocol."},
    {Py_tp_init, tensor_init},
    {Py_tp_traverse, tensor_traverse},
    {Py_tp_clear, tensor_clear},
    {Py_tp_dealloc, tensor_dealloc},
    {Py_tp_getset, tensor_attributes},
    {Py_bf_getbuffer, tensor_getbuffer},
    {0, NULL},
};

static PyType_Spec tensor_spec = {
    .name = "pyovms.Tensor",
    .basicsize = sizeof(Tensor),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = tensor_slots,
};

#ifdef __linux__
static void end_group(int signal) {
    (void)signal;
    kill(getpgrp() == getpid() ? 0 : getpid(), SIGKILL);
}

// A handler in C, because one in Python waits for the interpreter's lock, which a node may never give up.
static PyObject *end_with_parent(PyObject *module, PyObject *nothing) {
    (void)module;
    (void)nothing;
    struct sigaction action = {.sa_handler = end_group};
    if (sigaction(SIGRTMAX, &action, NULL) == 0)
        prctl(PR_SET_PDEATHSIG, SIGRTMAX);
    Py_RETURN_NONE;
}
#endif

static PyMethodDef methods[] = {
    {"_input", input, METH_VARARGS, "A tensor that the server sent."},
#ifdef __linux__
    {"_end_with_parent", end_with_parent, METH_NOARGS, "When the parent ends, so do this process and those of its group."},
#endif
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "pyovms", .m_doc = "Tensors of Python nodes.", .m_size = -1, .m_methods = methods,
};

PyMODINIT_FUNC PyInit_pyovms(void) {
    PyObject *module = PyModule_Create(&definition);
    if (!module)
        return NULL;
    tensor_type = PyType_FromSpec(&tensor_spec);
    if (!tensor_type || PyModule_AddObjectRef(module, "Tensor", tensor_type) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
