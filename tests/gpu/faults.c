/* Calls that fail, hang or are slow, as the file GPU_FAULTS says. README.md lists the knobs. */
#include "layer.h"
#include <execinfo.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const kind_names[KINDS] = {"enqueue", "wait", "copy", "alloc", "build"};

static struct fault {
    long error, after, times, delay_ms;
    long seen, failed, traced;      /* since the file changed */
} faults[KINDS];
static long lost, absent, mem_mb, alloc_over, alloc_total;
static int faults_known;            /* whether the file was read at all */
static struct timespec faults_mtime;
static double faults_looked;
static pthread_mutex_t fault_lock = PTHREAD_MUTEX_INITIALIZER;
static int fault_logging(void) { return env_num("GPU_FAULTS_LOG", 0) != 0; }

static long error_number(const char *v)
{
    static const struct { const char *name; long n; } known[] = {
        {"CL_DEVICE_NOT_FOUND", -1}, {"CL_DEVICE_NOT_AVAILABLE", -2},
        {"CL_COMPILER_NOT_AVAILABLE", -3}, {"CL_MEM_OBJECT_ALLOCATION_FAILURE", -4},
        {"CL_OUT_OF_RESOURCES", -5}, {"CL_OUT_OF_HOST_MEMORY", -6},
        {"CL_BUILD_PROGRAM_FAILURE", -11}, {"CL_MAP_FAILURE", -12},
        {"CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST", -14},
        {"CL_INVALID_BUFFER_SIZE", -61}, {"CL_INVALID_COMMAND_QUEUE", -36}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(v, known[i].name))
            return known[i].n;
    return strtol(v, NULL, 0);
}

/* Contexts, and which of them the driver gave up: all made in those fails for good, while a new context works. */
static struct { cl_context context; int is_dead; } contexts[64];
static unsigned contexts_made;

/* Queues, and which of them the driver banned: they start no kernel for good, while a new queue does. */
static struct { cl_command_queue queue; int is_stale; } queues[256];
static unsigned queues_made;

static void set_knob(const char *k, const char *v)
{
    for (int i = 0; i < KINDS; i++) {
        size_t n = strlen(kind_names[i]);
        if (!strncmp(k, kind_names[i], n) && k[n] == '_') {
            const char *what = k + n + 1;
            if (!strcmp(what, "error")) faults[i].error = error_number(v);
            else if (!strcmp(what, "after")) faults[i].after = strtol(v, NULL, 0);
            else if (!strcmp(what, "times")) faults[i].times = strtol(v, NULL, 0);
            else if (!strcmp(what, "delay_ms")) faults[i].delay_ms = strtol(v, NULL, 0);
            else if (!strcmp(k, "alloc_over")) alloc_over = strtol(v, NULL, 0);
            else if (!strcmp(k, "alloc_total")) alloc_total = strtol(v, NULL, 0);
            else fprintf(stderr, "gpu_faults: no knob %s\n", k);
            return;
        }
    }
    if (!strcmp(k, "dead")) {
        for (int i = 0; i < 64; i++)
            contexts[i].is_dead |= strtol(v, NULL, 0) != 0;
        return;
    }
    if (!strcmp(k, "stale")) {
        for (int i = 0; i < 256; i++)
            queues[i].is_stale |= strtol(v, NULL, 0) != 0;
        return;
    }
    if (!strcmp(k, "absent")) absent = strtol(v, NULL, 0);
    else if (!strcmp(k, "lost")) lost = strtol(v, NULL, 0);
    else if (!strcmp(k, "mem_mb")) mem_mb = strtol(v, NULL, 0);
    else fprintf(stderr, "gpu_faults: no knob %s\n", k);
}

/* Reads the file again if it changed. The caller holds the lock. */
static void look_at_faults(void)
{
    const char *path = env_str("GPU_FAULTS", "");
    double t = now();
    struct stat st;

    if (!*path || (faults_known && t - faults_looked < 0.02))
        return;
    faults_looked = t;
    if (stat(path, &st))
        memset(&st, 0, sizeof st);
    if (faults_known && st.st_mtim.tv_sec == faults_mtime.tv_sec &&
        st.st_mtim.tv_nsec == faults_mtime.tv_nsec)
        return;
    faults_known = 1;
    faults_mtime = st.st_mtim;
    memset(faults, 0, sizeof faults);
    lost = absent = mem_mb = alloc_over = alloc_total = 0;
    FILE *f = fopen(path, "r");
    char line[256], k[128], v[128];
    if (fault_logging())
        fprintf(stderr, "gpu_faults: file read:");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, " %127[a-z_] = %127s", k, v) == 2) {
            set_knob(k, v);
            if (fault_logging())
                fprintf(stderr, " %s=%s", k, v);
        }
    if (fault_logging())
        fprintf(stderr, f ? "\n" : " (none)\n");
    if (f)
        fclose(f);
}

static size_t buffers_alive;        /* bytes, for alloc_total */

int device_is_lost(void)
{
    pthread_mutex_lock(&fault_lock);
    look_at_faults();
    int gone = lost != 0;
    pthread_mutex_unlock(&fault_lock);
    return gone;
}

int device_is_absent(void)
{
    pthread_mutex_lock(&fault_lock);
    look_at_faults();
    int gone = absent != 0;
    pthread_mutex_unlock(&fault_lock);
    return gone;
}

static void remember_context(cl_context c)
{
    pthread_mutex_lock(&fault_lock);
    for (int i = 0; i < 64; i++)    /* an address that is used again is another context */
        if (contexts[i].context == c)
            contexts[i].is_dead = 0, contexts[i].context = NULL;
    contexts[contexts_made % 64].context = c;
    contexts[contexts_made++ % 64].is_dead = 0;
    pthread_mutex_unlock(&fault_lock);
}

void remember_queue(cl_command_queue q)
{
    pthread_mutex_lock(&fault_lock);
    for (int i = 0; i < 256; i++)   /* an address that is used again is another queue */
        if (queues[i].queue == q)
            queues[i].is_stale = 0, queues[i].queue = NULL;
    queues[queues_made % 256].queue = q;
    queues[queues_made++ % 256].is_stale = 0;
    pthread_mutex_unlock(&fault_lock);
}

static int is_stale(cl_command_queue q)
{
    int found = 0;
    pthread_mutex_lock(&fault_lock);
    look_at_faults();
    for (int i = 0; i < 256; i++)
        found |= queues[i].queue == q && queues[i].is_stale;
    pthread_mutex_unlock(&fault_lock);
    return found;
}

/* The error to answer for a call in this context, or 0. */
cl_int fault_in(cl_context c, enum kind k, size_t size)
{
    int is_dead = 0;
    pthread_mutex_lock(&fault_lock);
    look_at_faults();
    for (int i = 0; i < 64; i++)
        is_dead |= c && contexts[i].context == c && contexts[i].is_dead;
    pthread_mutex_unlock(&fault_lock);
    if (is_dead && fault_logging())
        fprintf(stderr, "gpu_faults: %s in the dead context %p\n", kind_names[k], (void *)c);
    return is_dead ? CL_OUT_OF_RESOURCES : fault(k, size);
}

cl_int fault_on(cl_command_queue q, enum kind k, size_t size)
{
    cl_context c = NULL;
    if (k == ENQUEUE && is_stale(q))
        return CL_OUT_OF_RESOURCES;
    next->clGetCommandQueueInfo(q, CL_QUEUE_CONTEXT, sizeof c, &c, NULL);
    return fault_in(c, k, size);
}

cl_ulong told_memory(void)
{
    pthread_mutex_lock(&fault_lock);
    look_at_faults();
    cl_ulong bytes = (cl_ulong)mem_mb << 20;
    pthread_mutex_unlock(&fault_lock);
    return bytes;
}

/* size: for ALLOC only. */
cl_int fault(enum kind k, size_t size)
{
    cl_int err = 0;
    long sleep_ms = 0;

    if (!getenv("GPU_FAULTS"))
        return 0;
    pthread_mutex_lock(&fault_lock);
    look_at_faults();
    struct fault *f = &faults[k];
    if (lost) {
        err = CL_DEVICE_NOT_AVAILABLE;
    } else if ((f->error || f->delay_ms) &&
               !(k == ALLOC && alloc_over && size <= (size_t)alloc_over) &&
               !(k == ALLOC && alloc_total && buffers_alive + size <= (size_t)alloc_total)) {
        if (f->seen++ >= f->after && (!f->times || f->failed < f->times)) {
            f->failed++;
            err = (cl_int)f->error;
            sleep_ms = f->delay_ms;
        }
    }
    if ((err || sleep_ms) && fault_logging() && (lost || f->failed <= 5))
        fprintf(stderr, "gpu_faults: %s -> %d after %ld ms (size %zu)\n",
                kind_names[k], err, sleep_ms, size);
    if (err && env_num("GPU_FAULTS_TRACE", 0) && f->traced++ < 5) {
        void *at[40];
        backtrace_symbols_fd(at, backtrace(at, 40), STDERR_FILENO);
    }
    pthread_mutex_unlock(&fault_lock);
    if (sleep_ms) {                 /* in steps: a file without the delay ends the sleep */
        double end = now() + sleep_ms / 1000.0;
        while (now() < end) {
            struct timespec step = {0, 20000000};
            nanosleep(&step, NULL);
            pthread_mutex_lock(&fault_lock);
            look_at_faults();
            int is_over = !f->delay_ms;
            pthread_mutex_unlock(&fault_lock);
            if (is_over)
                break;
        }
    }
    return err;
}

static cl_int CL_API_CALL f_clEnqueueNDRangeKernel(cl_command_queue q, cl_kernel k,
    cl_uint dim, const size_t *off, const size_t *glob, const size_t *loc,
    cl_uint n, const cl_event *list, cl_event *ev)
{
    cl_int e = fault_on(q, ENQUEUE, 0);
    if (e)
        return e;
    count_kernel_start(q);
    return next->clEnqueueNDRangeKernel(q, k, dim, off, glob, loc, n, list, ev);
}

/* A wait that fails has waited: the caller frees what the kernels write to, and that is memory of the process here. */
static cl_int CL_API_CALL f_clFinish(cl_command_queue q)
{
    cl_int e = fault_on(q, WAIT, 0), done = next->clFinish(q);
    return e ? e : done;
}

static cl_int CL_API_CALL f_clWaitForEvents(cl_uint n, const cl_event *list)
{
    cl_context c = NULL;
    if (n)
        next->clGetEventInfo(list[0], CL_EVENT_CONTEXT, sizeof c, &c, NULL);
    cl_int e = fault_in(c, WAIT, 0), done = next->clWaitForEvents(n, list);
    return e ? e : done;
}

static cl_int CL_API_CALL f_clEnqueueReadBuffer(cl_command_queue q, cl_mem m, cl_bool b,
    size_t off, size_t size, void *p, cl_uint n, const cl_event *list, cl_event *ev)
{
    cl_int e = fault_on(q, COPY, size);
    return e ? e : next->clEnqueueReadBuffer(q, m, b, off, size, p, n, list, ev);
}

static cl_int CL_API_CALL f_clEnqueueWriteBuffer(cl_command_queue q, cl_mem m, cl_bool b,
    size_t off, size_t size, const void *p, cl_uint n, const cl_event *list, cl_event *ev)
{
    cl_int e = fault_on(q, COPY, size);
    return e ? e : next->clEnqueueWriteBuffer(q, m, b, off, size, p, n, list, ev);
}

static cl_int CL_API_CALL f_clEnqueueCopyBuffer(cl_command_queue q, cl_mem a, cl_mem b,
    size_t ao, size_t bo, size_t size, cl_uint n, const cl_event *list, cl_event *ev)
{
    cl_int e = fault_on(q, COPY, size);
    return e ? e : next->clEnqueueCopyBuffer(q, a, b, ao, bo, size, n, list, ev);
}

static cl_int CL_API_CALL f_clEnqueueFillBuffer(cl_command_queue q, cl_mem m, const void *p,
    size_t ps, size_t off, size_t size, cl_uint n, const cl_event *list, cl_event *ev)
{
    cl_int e = fault_on(q, COPY, size);
    return e ? e : next->clEnqueueFillBuffer(q, m, p, ps, off, size, n, list, ev);
}

static void *CL_API_CALL f_clEnqueueMapBuffer(cl_command_queue q, cl_mem m, cl_bool b,
    cl_map_flags fl, size_t off, size_t size, cl_uint n, const cl_event *list,
    cl_event *ev, cl_int *err)
{
    cl_int e = fault_on(q, COPY, size);
    if (!e)
        return next->clEnqueueMapBuffer(q, m, b, fl, off, size, n, list, ev, err);
    if (err)
        *err = e;
    return NULL;
}

static void CL_CALLBACK buffer_gone(cl_mem m, void *size)
{
    (void)m;
    __atomic_sub_fetch(&buffers_alive, (size_t)(uintptr_t)size, __ATOMIC_RELAXED);
}

static cl_mem CL_API_CALL f_clCreateBuffer(cl_context c, cl_mem_flags fl, size_t size,
    void *p, cl_int *err)
{
    cl_int e = fault_in(c, ALLOC, size);
    if (e) {
        if (err)
            *err = e;
        return NULL;
    }
    cl_mem m = next->clCreateBuffer(c, fl, size, p, err);
    if (m && !next->clSetMemObjectDestructorCallback(m, buffer_gone, (void *)(uintptr_t)size))
        __atomic_add_fetch(&buffers_alive, size, __ATOMIC_RELAXED);
    return m;
}

static cl_mem CL_API_CALL f_clCreateImage(cl_context c, cl_mem_flags fl,
    const cl_image_format *f, const cl_image_desc *d, void *p, cl_int *err)
{
    cl_int e = fault_in(c, ALLOC, d->image_width * (d->image_height ? d->image_height : 1) * 4);
    if (!e)
        return next->clCreateImage(c, fl, f, d, p, err);
    if (err)
        *err = e;
    return NULL;
}

static void *CL_API_CALL f_clSVMAlloc(cl_context c, cl_svm_mem_flags fl, size_t size, cl_uint al)
{
    return fault_in(c, ALLOC, size) ? NULL : next->clSVMAlloc(c, fl, size, al);
}

static cl_context CL_API_CALL f_clCreateContext(const cl_context_properties *p, cl_uint n,
    const cl_device_id *d, void (CL_CALLBACK *cb)(const char *, const void *, size_t, void *),
    void *user, cl_int *err)
{
    if (!device_is_lost()) {
        cl_context c = next->clCreateContext(p, n, d, cb, user, err);
        if (c)
            remember_context(c);
        if (fault_logging())
            fprintf(stderr, "gpu_faults: context %p made\n", (void *)c);
        return c;
    }
    if (err)
        *err = CL_DEVICE_NOT_AVAILABLE;
    return NULL;
}

/* USM: the plugin asks for these functions by name. */
typedef void *(CL_API_CALL *usm_host_fn)(cl_context, const cl_bitfield *, size_t, cl_uint, cl_int *);
typedef void *(CL_API_CALL *usm_dev_fn)(cl_context, cl_device_id, const cl_bitfield *, size_t, cl_uint, cl_int *);
typedef cl_int (CL_API_CALL *usm_copy_fn)(cl_command_queue, cl_bool, void *, const void *, size_t,
                                          cl_uint, const cl_event *, cl_event *);
static usm_host_fn usm_host;
static usm_dev_fn usm_dev, usm_shared;
static usm_copy_fn usm_copy;

static void *CL_API_CALL f_usm_host(cl_context c, const cl_bitfield *p, size_t s, cl_uint a, cl_int *err)
{
    cl_int e = fault_in(c, ALLOC, s);
    if (!e)
        return usm_host(c, p, s, a, err);
    if (err)
        *err = e;
    return NULL;
}
static void *CL_API_CALL f_usm_dev(cl_context c, cl_device_id d, const cl_bitfield *p, size_t s, cl_uint a, cl_int *err)
{
    cl_int e = fault_in(c, ALLOC, s);
    if (!e)
        return usm_dev(c, d, p, s, a, err);
    if (err)
        *err = e;
    return NULL;
}
static void *CL_API_CALL f_usm_shared(cl_context c, cl_device_id d, const cl_bitfield *p, size_t s, cl_uint a, cl_int *err)
{
    cl_int e = fault_in(c, ALLOC, s);
    if (!e)
        return usm_shared(c, d, p, s, a, err);
    if (err)
        *err = e;
    return NULL;
}
static cl_int CL_API_CALL f_usm_copy(cl_command_queue q, cl_bool b, void *d, const void *s, size_t size,
                                     cl_uint n, const cl_event *l, cl_event *ev)
{
    cl_int e = fault_on(q, COPY, size);
    return e ? e : usm_copy(q, b, d, s, size, n, l, ev);
}

static void *CL_API_CALL f_clGetExtensionFunctionAddressForPlatform(cl_platform_id pl, const char *name)
{
    void *f = next->clGetExtensionFunctionAddressForPlatform(pl, name);
    if (!f)
        return f;
    if (!strcmp(name, "clHostMemAllocINTEL")) { usm_host = (usm_host_fn)f; return (void *)f_usm_host; }
    if (!strcmp(name, "clDeviceMemAllocINTEL")) { usm_dev = (usm_dev_fn)f; return (void *)f_usm_dev; }
    if (!strcmp(name, "clSharedMemAllocINTEL")) { usm_shared = (usm_dev_fn)f; return (void *)f_usm_shared; }
    if (!strcmp(name, "clEnqueueMemcpyINTEL")) { usm_copy = (usm_copy_fn)f; return (void *)f_usm_copy; }
    return f;
}

void fault_table(void)
{
    table.clEnqueueNDRangeKernel = f_clEnqueueNDRangeKernel;
    table.clFinish = f_clFinish;
    table.clWaitForEvents = f_clWaitForEvents;
    table.clEnqueueReadBuffer = f_clEnqueueReadBuffer;
    table.clEnqueueWriteBuffer = f_clEnqueueWriteBuffer;
    table.clEnqueueCopyBuffer = f_clEnqueueCopyBuffer;
    table.clEnqueueFillBuffer = f_clEnqueueFillBuffer;
    table.clEnqueueMapBuffer = f_clEnqueueMapBuffer;
    table.clCreateBuffer = f_clCreateBuffer;
    table.clCreateImage = f_clCreateImage;
    table.clSVMAlloc = f_clSVMAlloc;
    table.clCreateContext = f_clCreateContext;
    table.clGetExtensionFunctionAddressForPlatform = f_clGetExtensionFunctionAddressForPlatform;
}
