/* What the OpenCL loader looks for in a layer, and what all files of this one use. */
#include "layer.h"
#include <time.h>

#define EXPORTED __attribute__((visibility("default")))

const struct _cl_icd_dispatch *next;
struct _cl_icd_dispatch table;

const char *env_str(const char *name, const char *fallback)
{
    const char *v = getenv(name);
    return v && *v ? v : fallback;
}

unsigned long env_num(const char *name, unsigned long fallback)
{
    const char *v = getenv(name);
    return v && *v ? strtoul(v, NULL, 0) : fallback;
}

int logging(void) { return env_num("GPU_LAYER_LOG", 0) != 0; }

double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

EXPORTED cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room,
                                           void *out, size_t *ret)
{
    if (what == CL_LAYER_API_VERSION) {
        cl_layer_api_version v = CL_LAYER_API_VERSION_100;
        return answer(&v, sizeof v, room, out, ret);
    }
#ifdef CL_LAYER_NAME
    if (what == CL_LAYER_NAME)
        return answer_str("gpu_layer", room, out, ret);
#endif
    return CL_INVALID_VALUE;
}

EXPORTED cl_int CL_API_CALL clInitLayer(cl_uint n,
    const struct _cl_icd_dispatch *below, cl_uint *n_ret,
    const struct _cl_icd_dispatch **ours)
{
    size_t have = sizeof table / sizeof(void *);

    if (!below || !n_ret || !ours)
        return CL_INVALID_VALUE;
    next = below;
    /* Start from a copy: calls that no file of the layer names go straight to the driver. */
    if (n < have)
        have = n;
    memcpy(&table, below, have * sizeof(void *));
    device_table();
    program_table();
    fault_table();
    *n_ret = (cl_uint)have;
    *ours = &table;
    return CL_SUCCESS;
}

/* Newer Khronos loaders want these two as well. */
EXPORTED cl_int CL_API_CALL clInitLayerWithProperties(cl_uint n,
    const struct _cl_icd_dispatch *below, cl_uint *n_ret,
    const struct _cl_icd_dispatch **ours, const cl_ulong *properties);
EXPORTED cl_int CL_API_CALL clInitLayerWithProperties(cl_uint n,
    const struct _cl_icd_dispatch *below, cl_uint *n_ret,
    const struct _cl_icd_dispatch **ours, const cl_ulong *properties)
{
    (void)properties;
    return clInitLayer(n, below, n_ret, ours);
}

EXPORTED cl_int CL_API_CALL clDeinitLayer(void);
EXPORTED cl_int CL_API_CALL clDeinitLayer(void)
{
    return CL_SUCCESS;
}
