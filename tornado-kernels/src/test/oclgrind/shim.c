/* Lets TornadoVM run on Oclgrind 21.10, and its search for uninitialised values say the truth.
 *     gcc -shared -fPIC -o shim.so shim.c -ldl
 * goes into LD_PRELOAD before Oclgrind's own library; see docs/devices.md. */
#define _GNU_SOURCE
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* It calls itself CPU, GPU and accelerator at once, which TornadoVM finds no list for. */
cl_int clGetDeviceInfo(cl_device_id device, cl_device_info name, size_t size, void *value, size_t *needed) {
  cl_int (*next)(cl_device_id, cl_device_info, size_t, void *, size_t *) = dlsym(RTLD_NEXT, "clGetDeviceInfo");
  cl_int error = next(device, name, size, value, needed);
  if (name == CL_DEVICE_TYPE && value) *(cl_device_type *) value = CL_DEVICE_TYPE_GPU;
  return error;
}

/* A new buffer gets the number of a released one, and keeps what was known about that one, its size
 * too: what lies beyond counts as uninitialised for ever. So none is released. */
cl_int clReleaseMemObject(cl_mem buffer) {
  return CL_SUCCESS;
}

/* It takes the bytes of the last write for the whole buffer. TornadoVM writes its vectors in two
 * pieces, a header and the data; each becomes a write of the whole buffer. */
cl_int clEnqueueWriteBuffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t size,
                            const void *from, cl_uint count, const cl_event *events, cl_event *event) {
  cl_int (*next)(cl_command_queue, cl_mem, cl_bool, size_t, size_t, const void *, cl_uint, const cl_event *,
                 cl_event *) = dlsym(RTLD_NEXT, "clEnqueueWriteBuffer");
  size_t all;
  clGetMemObjectInfo(buffer, CL_MEM_SIZE, sizeof all, &all, NULL);
  char *whole = malloc(all);
  clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, all, whole, count, events, NULL);
  memcpy(whole + offset, from, size);
  cl_int error = next(queue, buffer, CL_TRUE, 0, all, whole, 0, NULL, event);
  free(whole);
  return error;
}
