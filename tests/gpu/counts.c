/*
 * With GPU_LAYER_COUNTS=FILE the layer counts in that file, as native 64-bit numbers: kernel starts of GPU.0 to GPU.7,
 * then programs made from source, then programs made from a binary. A test reads the file while the process runs.
 */
#include "layer.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FROM_SOURCE = MOST_GPUS, FROM_BINARY, COUNTS };

static uint64_t *counts;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_counts(void)
{
    const char *path = env_str("GPU_LAYER_COUNTS", "");
    size_t size = COUNTS * sizeof *counts;
    int file = *path ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

    if (file < 0)
        return;
    if (!ftruncate(file, (off_t)size)) {
        void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        counts = at == MAP_FAILED ? NULL : at;
    }
    close(file);
}

static void count(cl_uint which)
{
    pthread_once(&once, open_counts);
    if (counts)
        __atomic_add_fetch(&counts[which], 1, __ATOMIC_RELAXED);
}

void count_kernel_start(cl_command_queue queue)
{
    cl_device_id dev = NULL;
    next->clGetCommandQueueInfo(queue, CL_QUEUE_DEVICE, sizeof dev, &dev, NULL);
    count(gpu_index(dev));
}

void count_program_from_source(void) { count(FROM_SOURCE); }

void count_program_from_binary(void) { count(FROM_BINARY); }
