/* Programs, kernels and queues: what a GPU's driver does otherwise than a CPU's runtime. */
#include "layer.h"

/*
 * PoCL has no sub-groups. The three sub-group functions that the plugin's common headers name are defined as for
 * sub-groups of one work item.
 */
static const char no_subgroups_prelude[] =
    "#define get_max_sub_group_size() 1u\n"
    "#define get_sub_group_local_id() 0u\n"
    "#define sub_group_broadcast(value, id) (value)\n";

static int lacks_subgroups(cl_context ctx)
{
    cl_device_id devs[8];
    size_t size = 0;
    cl_uint most = 0;

    if (next->clGetContextInfo(ctx, CL_CONTEXT_DEVICES, sizeof devs, devs, &size) || !size)
        return 0;
    return next->clGetDeviceInfo(devs[0], CL_DEVICE_MAX_NUM_SUB_GROUPS,
                                 sizeof most, &most, NULL) || most == 0;
}

static cl_program CL_API_CALL layer_clCreateProgramWithSource(cl_context ctx,
    cl_uint n, const char **strings, const size_t *lengths, cl_int *err)
{
    count_program_from_source();
    if (!n || !strings || !lacks_subgroups(ctx))
        return next->clCreateProgramWithSource(ctx, n, strings, lengths, err);
    const char **s = calloc(n + 1, sizeof *s);
    size_t *len = calloc(n + 1, sizeof *len);    /* 0: up to the final NUL */
    s[0] = no_subgroups_prelude;
    for (cl_uint i = 0; i < n; i++) {
        s[i + 1] = strings[i];
        len[i + 1] = lengths ? lengths[i] : 0;
    }
    cl_program p = next->clCreateProgramWithSource(ctx, n + 1, s, len, err);
    free(s);
    free(len);
    return p;
}

static cl_program CL_API_CALL layer_clCreateProgramWithBinary(cl_context ctx, cl_uint n,
    const cl_device_id *devs, const size_t *lengths, const unsigned char **binaries,
    cl_int *status, cl_int *err)
{
    count_program_from_binary();
    return next->clCreateProgramWithBinary(ctx, n, devs, lengths, binaries, status, err);
}

/* With GPU_LAYER_DUMP=folder the program's source is written there. */
static void dump_source(cl_program prog, const char *options)
{
    const char *dir = env_str("GPU_LAYER_DUMP", "");
    char path[4096];
    size_t size = 0;
    if (!*dir || next->clGetProgramInfo(prog, CL_PROGRAM_SOURCE, 0, NULL, &size) || !size)
        return;
    char *src = calloc(1, size + 1);
    next->clGetProgramInfo(prog, CL_PROGRAM_SOURCE, size, src, NULL);
    snprintf(path, sizeof path, "%s/%p.cl", dir, (void *)prog);
    FILE *f = fopen(path, "w");
    if (f) {
        fprintf(f, "// %s\n%s", options ? options : "", src);
        fclose(f);
    }
    free(src);
}

/* Adds GPU_LAYER_BUILD_OPTIONS, and prints the log of a failed build if asked: the plugin hides it. */
static cl_int CL_API_CALL layer_clBuildProgram(cl_program prog, cl_uint n,
    const cl_device_id *devs, const char *options,
    void (CL_CALLBACK *notify)(cl_program, void *), void *user)
{
    const char *more = env_str("GPU_LAYER_BUILD_OPTIONS", "");
    size_t room = strlen(more) + (options ? strlen(options) : 0) + 2;
    char *all = malloc(room);
    double t = now();

    snprintf(all, room, "%s %s", options ? options : "", more);
    dump_source(prog, all);
    cl_int bad = fault(BUILD, 0);
    if (bad) {
        free(all);
        return bad;
    }
    cl_int err = next->clBuildProgram(prog, n, devs, all, notify, user);
    if (logging()) {
        fprintf(stderr, "gpu_layer: clBuildProgram %p [%s] -> %d, %.2f s\n",
                (void *)prog, all, err, now() - t);
        if (err && n) {
            size_t size = 0;
            next->clGetProgramBuildInfo(prog, devs[0], CL_PROGRAM_BUILD_LOG, 0, NULL, &size);
            char *log = calloc(1, size + 1);
            next->clGetProgramBuildInfo(prog, devs[0], CL_PROGRAM_BUILD_LOG, size, log, NULL);
            fprintf(stderr, "%s\n", log);
            free(log);
        }
    }
    free(all);
    return err;
}

/*
 * The plugin asks a kernel for its program after it has released the program itself. A GPU driver keeps the program
 * alive; some CPU runtimes do not. So each kernel holds one reference to its program.
 */
static pthread_mutex_t kernel_lock = PTHREAD_MUTEX_INITIALIZER;

static cl_kernel CL_API_CALL layer_clCreateKernel(cl_program prog,
    const char *name, cl_int *err)
{
    cl_kernel k = next->clCreateKernel(prog, name, err);
    if (k)
        next->clRetainProgram(prog);
    return k;
}

static cl_int CL_API_CALL layer_clCreateKernelsInProgram(cl_program prog,
    cl_uint room, cl_kernel *out, cl_uint *count)
{
    cl_uint n = 0;
    cl_int err = next->clCreateKernelsInProgram(prog, 0, NULL, &n);
    if (!err && out)
        err = next->clCreateKernelsInProgram(prog, room, out, NULL);
    if (!err && out)
        for (cl_uint i = 0; i < n; i++)
            next->clRetainProgram(prog);
    if (!err && count)
        *count = n;
    return err;
}

static cl_int CL_API_CALL layer_clReleaseKernel(cl_kernel k)
{
    cl_uint refs = 0;
    cl_program prog = NULL;
    pthread_mutex_lock(&kernel_lock);
    next->clGetKernelInfo(k, CL_KERNEL_REFERENCE_COUNT, sizeof refs, &refs, NULL);
    next->clGetKernelInfo(k, CL_KERNEL_PROGRAM, sizeof prog, &prog, NULL);
    cl_int err = next->clReleaseKernel(k);
    pthread_mutex_unlock(&kernel_lock);
    if (!err && refs == 1 && prog)
        next->clReleaseProgram(prog);
    return err;
}

/*
 * On sub-devices of few cores a CPU runtime can hang when it destroys an out-of-order queue. In-order queues are
 * stricter and always right, so with several GPUs the layer makes those.
 */
static cl_command_queue CL_API_CALL layer_clCreateCommandQueueWithProperties(
    cl_context ctx, cl_device_id dev, const cl_queue_properties *props, cl_int *err)
{
    cl_queue_properties mine[32];
    int i = 0;

    if (device_is_lost()) {
        if (err)
            *err = CL_DEVICE_NOT_AVAILABLE;
        return NULL;
    }

    int is_changed = gpu_count >= 2 && props;
    for (; is_changed && props[i] && i < 28; i += 2) {
        mine[i] = props[i];
        mine[i + 1] = props[i + 1];
        if (props[i] == CL_QUEUE_PROPERTIES)
            mine[i + 1] &= ~(cl_queue_properties)CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE;
    }
    mine[i] = 0;
    cl_command_queue q = next->clCreateCommandQueueWithProperties(ctx, dev, is_changed ? mine : props, err);
    if (q)
        remember_queue(q);
    return q;
}

void program_table(void)
{
    table.clCreateProgramWithSource = layer_clCreateProgramWithSource;
    table.clCreateProgramWithBinary = layer_clCreateProgramWithBinary;
    table.clBuildProgram = layer_clBuildProgram;
    table.clCreateKernel = layer_clCreateKernel;
    table.clCreateKernelsInProgram = layer_clCreateKernelsInProgram;
    table.clReleaseKernel = layer_clReleaseKernel;
    table.clCreateCommandQueueWithProperties = layer_clCreateCommandQueueWithProperties;
}
