/* A custom node that gives each of its numbers as a part of its own: (1,N) becomes (N,1,N), where part i has number i in all places and,
 * if the parameter "keep" is given, only the first "keep" numbers. Used as a demultiplexer. Newer interface, with a manager. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct CustomNodeTensor { const char* name; uint8_t* data; uint64_t dataBytes; uint64_t* dims; uint64_t dimsCount; int32_t precision; };
struct CustomNodeTensorInfo { const char* name; uint64_t* dims; uint64_t dimsCount; int32_t precision; };
struct CustomNodeParam { const char *key, *value; };

enum { FP32 = 1 };

static const char* find(const struct CustomNodeParam* params, int count, const char* key) {
    for (int i = 0; i < count; i++) {
        if (strcmp(params[i].key, key) == 0) {
            return params[i].value;
        }
    }
    return 0;
}

int initialize(void** manager, const struct CustomNodeParam* params, int count) {
    if (find(params, count, "fail_initialize")) {
        return 7;
    }
    *manager = malloc(1);
    return 0;
}

int deinitialize(void* manager) {
    free(manager);
    return 0;
}

static uint64_t* dims_of(uint64_t rank, uint64_t a, uint64_t b, uint64_t c) {
    uint64_t* dims = malloc(rank * sizeof(uint64_t));
    dims[0] = a;
    dims[1] = b;
    if (rank > 2) {
        dims[2] = c;
    }
    return dims;
}

int execute(const struct CustomNodeTensor* inputs, int count, struct CustomNodeTensor** outputs, int* outputsCount,
            const struct CustomNodeParam* params, int paramsCount, void* manager) {
    if (!manager || count != 1 || strcmp(inputs[0].name, "numbers") != 0) {
        return 3;
    }
    uint64_t n = inputs[0].dims[1];
    uint64_t kept = find(params, paramsCount, "keep") ? (uint64_t)atoi(find(params, paramsCount, "keep")) : n;
    const float* from = (const float*)inputs[0].data;
    *outputsCount = 1;
    *outputs = malloc(sizeof(struct CustomNodeTensor));
    struct CustomNodeTensor* out = *outputs;
    out->name = "parts";
    out->precision = FP32;
    out->dimsCount = 3;
    out->dims = dims_of(3, kept, 1, n);
    out->dataBytes = kept * n * sizeof(float);
    out->data = malloc(out->dataBytes + 1);
    for (uint64_t i = 0; i < kept; i++) {
        for (uint64_t j = 0; j < n; j++) {
            ((float*)out->data)[i * n + j] = from[i];
        }
    }
    return 0;
}

static int describe(struct CustomNodeTensorInfo** info, int* count, const char* name, uint64_t rank, uint64_t a, uint64_t b, uint64_t c) {
    *count = 1;
    *info = malloc(sizeof(struct CustomNodeTensorInfo));
    (*info)->name = name;
    (*info)->dims = dims_of(rank, a, b, c);
    (*info)->dimsCount = rank;
    (*info)->precision = FP32;
    return 0;
}

int getInputsInfo(struct CustomNodeTensorInfo** info, int* count, const struct CustomNodeParam* params, int paramsCount, void* manager) {
    return describe(info, count, "numbers", 2, 1, 10, 0);
}

int getOutputsInfo(struct CustomNodeTensorInfo** info, int* count, const struct CustomNodeParam* params, int paramsCount, void* manager) {
    return describe(info, count, "parts", 3, 0, 1, 10);
}

int release(void* memory, void* manager) {
    free(memory);
    return 0;
}
