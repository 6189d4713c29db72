/*
 * dropPages(fd, from, length) has the kernel forget what it holds in memory of a file, so that who reads it next reads the disk.
 * In bytes; a length of 0 goes to the file's end. What is not written to the disk yet stays. It gives an errno, 0 for done.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <fcntl.h>
#include <node_api.h>
#include <stdint.h>

/* Goes up with each change of arguments: who wants another one does without. */
#define INTERFACE_VERSION 1

static napi_value drop_pages(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value args[3], result;
  int32_t fd;
  int64_t from, length;
  if (napi_get_cb_info(env, info, &argc, args, NULL, NULL) != napi_ok || argc != 3 ||
      napi_get_value_int32(env, args[0], &fd) != napi_ok || napi_get_value_int64(env, args[1], &from) != napi_ok ||
      napi_get_value_int64(env, args[2], &length) != napi_ok) {
    napi_throw_type_error(env, NULL, "dropPages: wrong arguments");
    return NULL;
  }
  napi_create_int32(env, posix_fadvise(fd, from, length, POSIX_FADV_DONTNEED), &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "dropPages", NAPI_AUTO_LENGTH, drop_pages, NULL, &function);
  napi_set_named_property(env, exports, "dropPages", function);
  napi_value version;
  napi_create_uint32(env, INTERFACE_VERSION, &version);
  napi_set_named_property(env, exports, "interfaceVersion", version);
  return exports;
}
