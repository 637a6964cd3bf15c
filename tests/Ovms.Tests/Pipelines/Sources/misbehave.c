/* A custom node that breaks the rules of its interface in the way that the parameter "fault" names. It counts what it allocates, and its
 * output "live" tells a later call how much of that was not released. Built with OLD for the interface without a manager. */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef TIMES
#define TIMES 2
#endif

struct CustomNodeTensor { const char* name; uint8_t* data; uint64_t dataBytes; uint64_t* dims; uint64_t dimsCount; int32_t precision; };
struct CustomNodeTensorInfo { const char* name; uint64_t* dims; uint64_t dimsCount; int32_t precision; };
struct CustomNodeParam { const char *key, *value; };

#ifdef OLD
#define MANAGER
#else
#define MANAGER , void* manager
#endif

static int live;

static void* take(size_t bytes) {
    __sync_fetch_and_add(&live, 1);
    return malloc(bytes + 1);
}

static const char* fault_of(const struct CustomNodeParam* params, int count) {
    for (int i = 0; i < count; i++) {
        if (strcmp(params[i].key, "fault") == 0) {
            return params[i].value;
        }
    }
    return "";
}

int live_blocks(void) { return live; }

/* The number of sockets that the process has: a process of its own has none. */
static int sockets(void) {
    int count = 0;
    char target[64];
    DIR* folder = opendir("/proc/self/fd");
    for (struct dirent* entry = folder ? readdir(folder) : 0; entry; entry = readdir(folder)) {
        ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target);
        count += length > 7 && strncmp(target, "socket:", 7) == 0;
    }
    if (folder) closedir(folder);
    return count;
}

static int hang_forever = 1;
void let_go(void) { hang_forever = 0; }

#ifndef OLD
int initialize(void** manager, const struct CustomNodeParam* params, int count) {
    if (*manager) {
        return 9;
    }
    while (hang_forever && strcmp(fault_of(params, count), "hang in initialize") == 0) {
        usleep(1000);
    }
    *manager = take(1);
    return strcmp(fault_of(params, count), "initialize") == 0 ? (free(*manager), __sync_fetch_and_sub(&live, 1), 5) : 0;
}

int deinitialize(void* manager) {
    __sync_fetch_and_sub(&live, 1);
    free(manager);
    return 0;
}
#endif

static int describe(struct CustomNodeTensorInfo** info, int* count, const char* name, const char* fault, int isInput) {
    *count = strcmp(fault, "no infos") == 0 ? 0 : 1;
    if (strcmp(fault, "null infos") == 0) {
        *info = 0;
        return 0;
    }
    *info = take(sizeof(struct CustomNodeTensorInfo));
    (*info)->name = strcmp(fault, "info name") == 0 ? 0 : name;
    (*info)->dims = take(2 * sizeof(uint64_t));
    (*info)->dims[0] = 0;
    (*info)->dims[1] = 3;
    (*info)->dimsCount = 2;
    (*info)->precision = strcmp(fault, "info precision") == 0 ? 77 : 1;
    return strcmp(fault, "infos") == 0 ? 4 : 0;
}

int getInputsInfo(struct CustomNodeTensorInfo** info, int* count, const struct CustomNodeParam* params, int paramsCount MANAGER) {
    return describe(info, count, "in", fault_of(params, paramsCount), 1);
}

int getOutputsInfo(struct CustomNodeTensorInfo** info, int* count, const struct CustomNodeParam* params, int paramsCount MANAGER) {
    return describe(info, count, "out", fault_of(params, paramsCount), 0);
}

int execute(const struct CustomNodeTensor* inputs, int count, struct CustomNodeTensor** outputs, int* outputsCount,
            const struct CustomNodeParam* params, int paramsCount MANAGER) {
    const char* fault = fault_of(params, paramsCount);
    if (strcmp(fault, "execute") == 0) {
        return 42;
    }
    /* What ends the process, or hangs, does it only for an input that begins with a negative number: others show that it is back. */
    if (((const float*)inputs[0].data)[0] < 0) {
        fprintf(stderr, "about to %s\n", fault);
        if (strcmp(fault, "abort") == 0) abort();
        if (strcmp(fault, "segfault") == 0) *(volatile int*)8 = 1;
        if (strcmp(fault, "exit") == 0) exit(0);
        if (strcmp(fault, "close") == 0) for (int i = 0; i < 100; i++) close(i);
        while (strcmp(fault, "close") == 0 || strcmp(fault, "wait") == 0) usleep(1000);
    }
    if (strcmp(fault, "print") == 0) {
        puts("printed to standard output");
        fflush(stdout);
    }
    if (strcmp(fault, "hang") == 0) {
        while (hang_forever) {
            usleep(1000);
        }
    }
    if (strcmp(fault, "null outputs") == 0) {
        *outputsCount = 1;
        return 0;
    }
    *outputsCount = 2;
    *outputs = take(2 * sizeof(struct CustomNodeTensor));
    for (int i = 0; i < 2; i++) {
        struct CustomNodeTensor* out = &(*outputs)[i];
        out->name = i == 0 ? "extra" : "out";
        out->precision = 1;
        out->dimsCount = 2;
        out->dims = take(2 * sizeof(uint64_t));
        out->dims[0] = inputs[0].dims[0];
        out->dims[1] = inputs[0].dims[1];
        out->dataBytes = inputs[0].dataBytes;
        out->data = take(out->dataBytes);
        for (uint64_t k = 0; k < out->dataBytes / sizeof(float); k++) {
            ((float*)out->data)[k] = ((const float*)inputs[0].data)[k] * TIMES;
        }
    }
    struct CustomNodeTensor* out = &(*outputs)[1];
    if (strcmp(fault, "sockets") == 0) *(float*)out->data = sockets();
    if (strcmp(fault, "process") == 0) *(float*)out->data = getpid();
    if (strcmp(fault, "name") == 0) out->name = 0;
    if (strcmp(fault, "other name") == 0) out->name = "other";
    if (strcmp(fault, "precision") == 0) out->precision = 0;
    if (strcmp(fault, "unknown precision") == 0) out->precision = 10;
    if (strcmp(fault, "size") == 0) out->dataBytes -= 1;
    if (strcmp(fault, "huge") == 0) out->dims[0] = out->dims[1] = 1ULL << 40;
    if (strcmp(fault, "negative") == 0) out->dims[0] = ~0ULL;
    if (strcmp(fault, "data") == 0) { free(out->data); __sync_fetch_and_sub(&live, 1); out->data = 0; }
    if (strcmp(fault, "dims") == 0) { free(out->dims); __sync_fetch_and_sub(&live, 1); out->dims = 0; }
    if (strcmp(fault, "count") == 0) *outputsCount = 0;
    if (strcmp(fault, "negative count") == 0) *outputsCount = -1;
    return 0;
}

int release(void* memory MANAGER) {
    if (memory) {
        __sync_fetch_and_sub(&live, 1);
    }
    free(memory);
    return 0;
}
