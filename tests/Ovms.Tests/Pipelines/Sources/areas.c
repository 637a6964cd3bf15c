/* A custom node for pages of text: takes an image (1,3,H,W) and a map (1,1,H,W) of how likely text is at each pixel, finds the connected
 * areas above 0.3 that have at least 100 pixels, and cuts each out of the image, resized to (1,3,48,192), the topmost first. Used as a
 * demultiplexer. The second output has the boxes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct CustomNodeTensor { const char* name; uint8_t* data; uint64_t dataBytes; uint64_t* dims; uint64_t dimsCount; int32_t precision; };
struct CustomNodeTensorInfo { const char* name; uint64_t* dims; uint64_t dimsCount; int32_t precision; };
struct CustomNodeParam { const char *key, *value; };

enum { FP32 = 1, I32 = 7, HEIGHT = 48, WIDTH = 192, MOST = 64, LEAST = 100 };

struct box { int left, top, right, bottom; };

int initialize(void** manager, const struct CustomNodeParam* params, int count) { return 0; }
int deinitialize(void* manager) { return 0; }

/* Marks the area of a pixel, and returns its size. */
static int fill(const float* map, uint8_t* seen, int* stack, int width, int height, int start, struct box* box) {
    int size = 0, depth = 0;
    stack[depth++] = start;
    seen[start] = 1;
    *box = (struct box){ width, height, 0, 0 };
    while (depth > 0) {
        int at = stack[--depth], x = at % width, y = at / width;
        size++;
        if (x < box->left) box->left = x;
        if (y < box->top) box->top = y;
        if (x >= box->right) box->right = x + 1;
        if (y >= box->bottom) box->bottom = y + 1;
        for (int side = 0; side < 4; side++) {
            int nx = x + (side == 0) - (side == 1), ny = y + (side == 2) - (side == 3), next = ny * width + nx;
            if (nx >= 0 && nx < width && ny >= 0 && ny < height && !seen[next] && map[next] > 0.3f) {
                seen[next] = 1;
                stack[depth++] = next;
            }
        }
    }
    return size;
}

static void describe_output(struct CustomNodeTensor* out, const char* name, int precision, uint64_t rank, const uint64_t* dims) {
    uint64_t count = 1;
    out->name = name;
    out->precision = precision;
    out->dimsCount = rank;
    out->dims = malloc(rank * sizeof(uint64_t));
    for (uint64_t i = 0; i < rank; i++) {
        out->dims[i] = dims[i];
        count *= dims[i];
    }
    out->dataBytes = count * 4;
    out->data = malloc(out->dataBytes + 1);
}

int execute(const struct CustomNodeTensor* inputs, int count, struct CustomNodeTensor** outputs, int* outputsCount,
            const struct CustomNodeParam* params, int paramsCount, void* manager) {
    const struct CustomNodeTensor *image = 0, *map = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(inputs[i].name, "image") == 0) image = &inputs[i];
        if (strcmp(inputs[i].name, "map") == 0) map = &inputs[i];
    }
    if (!image || !map || image->dims[2] != map->dims[2] || image->dims[3] != map->dims[3]) {
        return 1;
    }

    int height = (int)map->dims[2], width = (int)map->dims[3], found = 0;
    const float* likely = (const float*)map->data;
    const float* pixels = (const float*)image->data;
    uint8_t* seen = calloc(1, (size_t)height * width);
    int* stack = malloc(sizeof(int) * height * width);
    struct box boxes[MOST];
    for (int i = 0; i < height * width && found < MOST; i++) {
        if (!seen[i] && likely[i] > 0.3f && fill(likely, seen, stack, width, height, i, &boxes[found]) >= LEAST) {
            found++;
        }
    }
    free(seen);
    free(stack);

    *outputsCount = 2;
    *outputs = malloc(2 * sizeof(struct CustomNodeTensor));
    describe_output(&(*outputs)[0], "crops", FP32, 5, (uint64_t[]){ found, 1, 3, HEIGHT, WIDTH });
    describe_output(&(*outputs)[1], "boxes", I32, 3, (uint64_t[]){ found, 1, 4 });
    float* crop = (float*)(*outputs)[0].data;
    for (int i = 0; i < found; i++) {
        struct box b = boxes[i];
        memcpy((int*)(*outputs)[1].data + i * 4, &b, sizeof(b));
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    int fromY = b.top + y * (b.bottom - b.top) / HEIGHT, fromX = b.left + x * (b.right - b.left) / WIDTH;
                    *crop++ = pixels[(c * height + fromY) * width + fromX];
                }
            }
        }
    }
    return 0;
}

static void describe(struct CustomNodeTensorInfo* info, const char* name, int precision, uint64_t rank, const uint64_t* dims) {
    info->name = name;
    info->precision = precision;
    info->dimsCount = rank;
    info->dims = malloc(rank * sizeof(uint64_t));
    memcpy(info->dims, dims, rank * sizeof(uint64_t));
}

int getInputsInfo(struct CustomNodeTensorInfo** info, int* count, const struct CustomNodeParam* params, int paramsCount, void* manager) {
    *count = 2;
    *info = malloc(2 * sizeof(struct CustomNodeTensorInfo));
    describe(&(*info)[0], "image", FP32, 4, (uint64_t[]){ 1, 3, 0, 0 });
    describe(&(*info)[1], "map", FP32, 4, (uint64_t[]){ 1, 1, 0, 0 });
    return 0;
}

int getOutputsInfo(struct CustomNodeTensorInfo** info, int* count, const struct CustomNodeParam* params, int paramsCount, void* manager) {
    *count = 2;
    *info = malloc(2 * sizeof(struct CustomNodeTensorInfo));
    describe(&(*info)[0], "crops", FP32, 5, (uint64_t[]){ 0, 1, 3, HEIGHT, WIDTH });
    describe(&(*info)[1], "boxes", I32, 3, (uint64_t[]){ 0, 1, 4 });
    return 0;
}

int release(void* memory, void* manager) {
    free(memory);
    return 0;
}
