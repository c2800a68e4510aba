#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* RFC 3720, appendix B.4: the Castagnoli polynomial, bits reversed. */
#define POLYNOMIAL 0x82F63B78u

static uint32_t update(uint32_t crc, const uint8_t *data, Py_ssize_t length)
{
    for (Py_ssize_t at = 0; at < length; at++) {
        crc ^= data[at];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1u) ? POLYNOMIAL : 0u);
    }
    return crc;
}

static PyObject *crc32c(PyObject *module, PyObject *data)
{
    Py_buffer view;
    uint32_t crc;

    (void)module;
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) != 0)
        return NULL;
    crc = ~update(0xFFFFFFFFu, view.buf, view.len);
    PyBuffer_Release(&view);
    return PyLong_FromUnsignedLong(crc);
}

static PyMethodDef methods[] = {
    {"crc32c", crc32c, METH_O,
     "crc32c(data, /)\n--\n\nThe CRC-32C checksum of a bytes-like object."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_crc32c",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__crc32c(void)
{
    return PyModuleDef_Init(&definition);
}
