/* What the files of the layer share. README.md says what the layer is. */
#ifndef LAYER_H
#define LAYER_H

#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_0_APIS
#define CL_USE_DEPRECATED_OPENCL_1_1_APIS
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#define CL_USE_DEPRECATED_OPENCL_2_0_APIS
#define CL_USE_DEPRECATED_OPENCL_2_1_APIS
#define CL_USE_DEPRECATED_OPENCL_2_2_APIS
#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <CL/cl_icd.h>
#include <CL/cl_layer.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_GPUS 8

extern const struct _cl_icd_dispatch *next; /* the layer or driver below */
extern struct _cl_icd_dispatch table;       /* what the loader calls */

/* layer.c: environment variables and the clock. */
const char *env_str(const char *name, const char *fallback);
unsigned long env_num(const char *name, unsigned long fallback);
int logging(void);
double now(void);

/* counts.c: what was used, for tests to read. */
void count_kernel_start(cl_command_queue queue);
void count_program_from_source(void);
void count_program_from_binary(void);

/* device.c: what is said of the device. */
extern cl_uint gpu_count;
cl_uint gpu_index(cl_device_id dev);
cl_int answer(const void *data, size_t size, size_t room, void *out, size_t *ret);
cl_int answer_str(const char *s, size_t room, void *out, size_t *ret);
void device_table(void);

/* faults.c: calls that fail on demand. */
enum kind { ENQUEUE, WAIT, COPY, ALLOC, BUILD, KINDS };
cl_int fault(enum kind k, size_t size); /* the error to answer, or 0 */
cl_int fault_in(cl_context c, enum kind k, size_t size); /* the same for a call in a context, which may be dead */
cl_int fault_on(cl_command_queue q, enum kind k, size_t size);
void remember_queue(cl_command_queue q);
int device_is_lost(void);
int device_is_absent(void);
cl_ulong told_memory(void); /* bytes, or 0: as it is */
void fault_table(void);

/* programs.c: what differs between a CPU's runtime and a GPU's. */
void program_table(void);

#endif
