/* What the layer says of the device: a CPU is shown as an Intel GPU, or as several. */
#include "layer.h"

#define DEFAULT_NAME "Intel(R) Graphics [0x9a49] (test device on CPU)"
#define DEFAULT_NAME_2 "Intel(R) Graphics [0x4905] (test device on CPU)"

/* Intel's device queries; as numbers, because older headers lack some names. */
#define Q_IP_VERSION        0x4250
#define Q_DEVICE_ID         0x4251
#define Q_NUM_SLICES        0x4252
#define Q_SUB_SLICES        0x4253
#define Q_EUS_PER_SUB_SLICE 0x4254
#define Q_THREADS_PER_EU    0x4255
#define Q_FEATURES          0x4256
#define Q_SUB_GROUP_SIZES   0x4108
#define Q_UUID              0x106A
#define Q_LUID              0x106D
#define Q_PCI_BUS_INFO      0x410F

/* Answers an OpenCL "get info" call with these bytes, by OpenCL's rules. */
cl_int answer(const void *data, size_t size, size_t room, void *out, size_t *size_ret)
{
    if (out) {
        if (room < size)
            return CL_INVALID_VALUE;
        memcpy(out, data, size);
    }
    if (size_ret)
        *size_ret = size;
    return CL_SUCCESS;
}

cl_int answer_str(const char *s, size_t room, void *out, size_t *ret)
{
    return answer(s, strlen(s) + 1, room, out, ret);
}

static cl_int answer_uint(cl_uint v, size_t room, void *out, size_t *ret)
{
    return answer(&v, sizeof v, room, out, ret);
}

/* Whether the word is in the comma-separated list. */
static int listed(const char *word, size_t len, const char *list)
{
    while (*list) {
        size_t n = strcspn(list, ",");
        if (n == len && !strncmp(list, word, len))
            return 1;
        list += n;
        if (*list == ',')
            list++;
    }
    return 0;
}

/*
 * Sub-groups are hidden unless GPU_LAYER_SUBGROUPS=1. Without them the GPU plugin picks its plain reference kernels,
 * which build in about a second and compute right results on a CPU.
 */
static int hide_subgroups(const char *word, size_t len)
{
    char name[128];

    if (env_num("GPU_LAYER_SUBGROUPS", 0) || len >= sizeof name)
        return 0;
    memcpy(name, word, len);
    name[len] = 0;
    return strstr(name, "subgroup") != NULL;
}

/* The driver's own list without what is hidden or in GPU_LAYER_DROP, and with the three that this file answers for. */
static cl_int answer_extensions(cl_device_id dev, size_t room, void *out,
                                size_t *ret)
{
    const char *drop = env_str("GPU_LAYER_DROP", "");
    size_t size = 0, used = 0;
    cl_int err = next->clGetDeviceInfo(dev, CL_DEVICE_EXTENSIONS, 0, NULL, &size);
    if (err)
        return err;
    static const char *const ours[] = {"cl_khr_device_uuid", "cl_khr_pci_bus_info",
                                       "cl_intel_device_attribute_query"};
    char *have = calloc(1, size + 1), *keep = calloc(1, size + 200);
    err = next->clGetDeviceInfo(dev, CL_DEVICE_EXTENSIONS, size, have, NULL);
    for (char *p = have; !err && *p;) {
        size_t n = strcspn(p, " ");
        if (n && !listed(p, n, drop) && !hide_subgroups(p, n)) {
            memcpy(keep + used, p, n);
            used += n;
            keep[used++] = ' ';
        }
        p += n;
        while (*p == ' ')
            p++;
    }
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (!strstr(keep, ours[i])) {
            strcat(keep, ours[i]);
            strcat(keep, " ");
        }
    if (!err)
        err = answer_str(keep, room, out, ret);
    free(have);
    free(keep);
    return err;
}

/*
 * The only device of the driver is a CPU; it is shown as the GPU. Several GPUs are sub-devices of that CPU, which are
 * full devices with handles of their own.
 */
static cl_device_id gpus[MOST_GPUS];
cl_uint gpu_count;
static pthread_mutex_t gpu_lock = PTHREAD_MUTEX_INITIALIZER;

static cl_int find_gpus(cl_platform_id platform)
{
    cl_int err = CL_SUCCESS;
    pthread_mutex_lock(&gpu_lock);
    if (!gpu_count) {
        cl_uint want = (cl_uint)env_num("GPU_LAYER_DEVICES", 1), cores = 0;
        cl_device_id cpu;
        err = next->clGetDeviceIDs(platform, CL_DEVICE_TYPE_CPU, 1, &cpu, NULL);
        if (!err) {
            gpus[0] = cpu;
            gpu_count = 1;
            next->clGetDeviceInfo(cpu, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof cores, &cores, NULL);
            if (want > MOST_GPUS)
                want = MOST_GPUS;
            if (want > cores)
                want = cores;
            if (want > 1) {
                cl_device_partition_property how[] = {CL_DEVICE_PARTITION_BY_COUNTS,
                    1, 1, 1, 1, 1, 1, 1, 1, 0, 0};
                for (cl_uint i = 1; i <= want; i++)
                    how[i] = cores / want;
                how[want + 1] = CL_DEVICE_PARTITION_BY_COUNTS_LIST_END;
                how[want + 2] = 0;
                cl_device_id sub[MOST_GPUS];
                if (!next->clCreateSubDevices(cpu, how, want, sub, NULL)) {
                    memcpy(gpus, sub, want * sizeof *sub);
                    gpu_count = want;
                }
            }
        }
    }
    pthread_mutex_unlock(&gpu_lock);
    return err;
}

/* 0 for the first GPU and for any unknown handle. */
cl_uint gpu_index(cl_device_id dev)
{
    for (cl_uint i = 1; i < gpu_count; i++)
        if (gpus[i] == dev)
            return i;
    return 0;
}

static cl_int CL_API_CALL layer_clGetDeviceIDs(cl_platform_id platform,
    cl_device_type type, cl_uint room, cl_device_id *out, cl_uint *count)
{
    if (type != CL_DEVICE_TYPE_ALL &&
        !(type & (CL_DEVICE_TYPE_GPU | CL_DEVICE_TYPE_DEFAULT))) {
        if (count)
            *count = 0;
        return CL_DEVICE_NOT_FOUND;
    }
    cl_int err = find_gpus(platform);
    if (err)
        return err;
    if (device_is_absent()) {
        if (count)
            *count = 0;
        return CL_DEVICE_NOT_FOUND;
    }
    for (cl_uint i = 0; out && i < gpu_count && i < room; i++)
        out[i] = gpus[i];
    if (count)
        *count = gpu_count;
    return CL_SUCCESS;
}

static cl_int CL_API_CALL layer_clGetDeviceInfo(cl_device_id dev,
    cl_device_info what, size_t room, void *out, size_t *ret)
{
    cl_uint eus = (cl_uint)env_num("GPU_LAYER_EUS", 96);
    cl_uint index = gpu_index(dev);

    switch (what) {
    case CL_DEVICE_GLOBAL_MEM_SIZE:
    case CL_DEVICE_MAX_MEM_ALLOC_SIZE: {
        cl_ulong n = told_memory();
        if (!n)
            return next->clGetDeviceInfo(dev, what, room, out, ret);
        return answer(&n, sizeof n, room, out, ret);
    }
    case CL_DEVICE_TYPE: {
        cl_device_type t = CL_DEVICE_TYPE_GPU;
        return answer(&t, sizeof t, room, out, ret);
    }
    case CL_DEVICE_NAME:
        return answer_str(index ? DEFAULT_NAME_2 : env_str("GPU_LAYER_NAME", DEFAULT_NAME),
                          room, out, ret);
    case CL_DEVICE_VENDOR:
        return answer_str("Intel(R) Corporation", room, out, ret);
    case CL_DEVICE_VENDOR_ID:
        return answer_uint(0x8086, room, out, ret);
    case CL_DEVICE_VERSION:
        return answer_str("OpenCL 3.0 NEO ", room, out, ret);
    case CL_DEVICE_EXTENSIONS:
        return answer_extensions(dev, room, out, ret);
    case CL_DEVICE_MAX_COMPUTE_UNITS:
        return answer_uint(eus, room, out, ret);
    case CL_DEVICE_MAX_CLOCK_FREQUENCY:
        return answer_uint(1300, room, out, ret);
    case CL_DEVICE_HOST_UNIFIED_MEMORY: {
        cl_bool b = index || env_num("GPU_LAYER_DISCRETE", 0) ? CL_FALSE : CL_TRUE;
        return answer(&b, sizeof b, room, out, ret);
    }
    case CL_DEVICE_MAX_WORK_GROUP_SIZE: {       /* as on a real Xe-LP */
        size_t n = 512;
        return answer(&n, sizeof n, room, out, ret);
    }
    case CL_DEVICE_MAX_WORK_ITEM_SIZES: {
        size_t n[3] = {512, 512, 512};
        return answer(n, sizeof n, room, out, ret);
    }
    case CL_DEVICE_LOCAL_MEM_SIZE: {
        cl_ulong n = 65536;
        return answer(&n, sizeof n, room, out, ret);
    }
    case CL_DEVICE_PARTITION_MAX_SUB_DEVICES:   /* no tiles */
        return answer_uint(0, room, out, ret);
    case Q_SUB_GROUP_SIZES: {                   /* the CPU has 4 and 64 too */
        size_t n[3] = {8, 16, 32};
        return answer(n, sizeof n, room, out, ret);
    }
    case Q_IP_VERSION:
        return answer_uint((cl_uint)env_num("GPU_LAYER_IP", 0x03000000), room, out, ret);
    case Q_DEVICE_ID:
        return answer_uint(index ? 0x4905 : (cl_uint)env_num("GPU_LAYER_DEVID", 0x9a49),
                           room, out, ret);
    case Q_NUM_SLICES:
        return answer_uint(1, room, out, ret);
    case Q_SUB_SLICES:
        return answer_uint(eus / 16 ? eus / 16 : 1, room, out, ret);
    case Q_EUS_PER_SUB_SLICE:
        return answer_uint(16, room, out, ret);
    case Q_THREADS_PER_EU:
        return answer_uint(7, room, out, ret);
    case Q_FEATURES: {                          /* never the matrix unit (DPAS) */
        cl_ulong f = env_num("GPU_LAYER_DP4A", 0) ? 1 : 0;
        return answer(&f, sizeof f, room, out, ret);
    }
    case Q_UUID: {                              /* a different one for each */
        unsigned char id[16] = {0x86, 0x80, 0x49, 0x9a, [15] = (unsigned char)index};
        return answer(id, sizeof id, room, out, ret);
    }
    case Q_LUID: {
        unsigned char id[8] = {0};
        return answer(id, sizeof id, room, out, ret);
    }
    case Q_PCI_BUS_INFO: {                      /* domain, bus, device, function */
        cl_uint at[4] = {0, index, 2, 0};
        return answer(at, sizeof at, room, out, ret);
    }
    case CL_DEVICE_PARENT_DEVICE: {
        cl_device_id none = NULL;
        return answer(&none, sizeof none, room, out, ret);
    }
    default: {
        cl_int err = next->clGetDeviceInfo(dev, what, room, out, ret);
        if (err && logging())
            fprintf(stderr, "gpu_layer: clGetDeviceInfo 0x%x -> %d\n", what, err);
        return err;
    }
    }
}

void device_table(void)
{
    table.clGetDeviceIDs = layer_clGetDeviceIDs;
    table.clGetDeviceInfo = layer_clGetDeviceInfo;
}
