/*
 * Reads and hashes small files for the scan, many in one call, off the main thread. What it gives is what
 * src/disk/hash-file.ts finds, in a fifth of the time; that is used where this is not there, and for what this does not give.
 *
 * hashFiles(directoryFds, rootDev, sizeMax, names, stats) gives a promise of an ArrayBuffer. `names` is a byte string, with '/' between
 * the names; for each of them, `directoryFds` (Int32Array) says where it is, and `stats` (BigInt64Array) has ten numbers (look.h). A file is hashed if its stat is just that before it is
 * read and afterwards, and if it is regular and no larger than `sizeMax`. No symlink is followed.
 *
 * The ArrayBuffer holds
 *   uint8 [16]   of each name, XXH3-128 of its file's bytes, in canonical order
 *   uint8 []     of each name, 1 if its file was hashed, 0 for whatever else there is to say
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#define XXH_INLINE_ALL
#include <errno.h>
#include <fcntl.h>
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include "look.h"

/* Goes up with each change of arguments or layout: who wants another one does without. */
#define INTERFACE_VERSION 2
#define HASH_BYTES 16
#define SIZE_MAX_BYTES (1024 * 1024)
#define OPEN_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

struct job {
  uint64_t root_dev;
  uint32_t size_max;
  uint32_t count;
  /* Each with a NUL. */
  char *names;
  int64_t *stats;
  int32_t *directory_fds;
  uint8_t *answer;
  napi_deferred deferred;
  napi_async_work work;
};

/* O_NOATIME is for the owner and for root alone. */
static int open_file(int directory_fd, const char *name) {
  int fd = openat(directory_fd, name, OPEN_FLAGS | O_NOATIME);
  return fd < 0 && errno == EPERM ? openat(directory_fd, name, OPEN_FLAGS) : fd;
}

static bool is_as_listed(int fd, uint64_t root_dev, const int64_t *listed) {
  int64_t now[FIELDS];
  return look(fd, "", AT_EMPTY_PATH, root_dev, now) == 0 && memcmp(now, listed, sizeof now) == 0;
}

static bool read_all(int fd, uint8_t *into, size_t size) {
  for (size_t got = 0; got < size;) {
    ssize_t more = read(fd, into + got, size - got);
    if (more <= 0) return false;
    got += (size_t)more;
  }
  return true;
}

static bool hash_one(const struct job *job, uint32_t index, const char *name, uint8_t *buffer) {
  const int64_t *listed = job->stats + (size_t)index * FIELDS;
  if (!S_ISREG(listed[6]) || listed[2] < 0 || listed[2] > (int64_t)job->size_max) return false;
  size_t size = (size_t)listed[2];
  int fd = open_file(job->directory_fds[index], name);
  if (fd < 0) return false;
  bool is_hashed = is_as_listed(fd, job->root_dev, listed) && read_all(fd, buffer, size) && is_as_listed(fd, job->root_dev, listed);
  close(fd);
  if (!is_hashed) return false;
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(buffer, size));
  memcpy(job->answer + (size_t)index * HASH_BYTES, canonical.digest, HASH_BYTES);
  return true;
}

static void execute(napi_env env, void *data) {
  (void)env;
  struct job *job = data;
  uint8_t *buffer = malloc((size_t)job->size_max + 1);
  const char *name = job->names;
  for (uint32_t i = 0; buffer != NULL && i < job->count; i++, name += strlen(name) + 1)
    job->answer[(size_t)job->count * HASH_BYTES + i] = hash_one(job, i, name, buffer);
  free(buffer);
}

static void release(struct job *job) {
  free(job->names);
  free(job->stats);
  free(job->directory_fds);
  free(job->answer);
  free(job);
}

static void complete(napi_env env, napi_status status, void *data) {
  struct job *job = data;
  size_t length = (size_t)job->count * (HASH_BYTES + 1);
  napi_value answer;
  void *memory;
  if (status == napi_ok) status = napi_create_arraybuffer(env, length, &memory, &answer);
  if (status == napi_ok) {
    memcpy(memory, job->answer, length);
    napi_resolve_deferred(env, job->deferred, answer);
  } else {
    napi_value message, failure;
    napi_create_string_utf8(env, "files could not be hashed", NAPI_AUTO_LENGTH, &message);
    napi_create_error(env, NULL, message, &failure);
    napi_reject_deferred(env, job->deferred, failure);
  }
  napi_delete_async_work(env, job->work);
  release(job);
}

static bool take_stats(napi_env env, napi_value value, struct job *job) {
  napi_typedarray_type type;
  size_t length;
  void *numbers;
  if (napi_get_typedarray_info(env, value, &type, &length, &numbers, NULL, NULL) != napi_ok) return false;
  if (type != napi_bigint64_array || length == 0 || length % FIELDS != 0 || length / FIELDS > UINT32_MAX) return false;
  job->count = (uint32_t)(length / FIELDS);
  job->stats = malloc(length * sizeof *job->stats);
  job->answer = calloc(job->count, HASH_BYTES + 1);
  if (job->stats == NULL || job->answer == NULL) return false;
  memcpy(job->stats, numbers, length * sizeof *job->stats);
  return true;
}

/* As many as there are stats. */
static bool take_directories(napi_env env, napi_value value, struct job *job) {
  napi_typedarray_type type;
  size_t length;
  void *numbers;
  if (napi_get_typedarray_info(env, value, &type, &length, &numbers, NULL, NULL) != napi_ok) return false;
  if (type != napi_int32_array || length != job->count) return false;
  job->directory_fds = malloc(length * sizeof *job->directory_fds);
  if (job->directory_fds == NULL) return false;
  memcpy(job->directory_fds, numbers, length * sizeof *job->directory_fds);
  return true;
}

/* As many as there are stats. */
static bool take_names(napi_env env, napi_value value, struct job *job) {
  size_t length;
  if (napi_get_value_string_latin1(env, value, NULL, 0, &length) != napi_ok) return false;
  job->names = malloc(length + 1);
  if (job->names == NULL || napi_get_value_string_latin1(env, value, job->names, length + 1, &length) != napi_ok) return false;
  uint32_t count = 1;
  for (size_t i = 0; i < length; i++) {
    if (job->names[i] == '\0') return false;
    if (job->names[i] != '/') continue;
    job->names[i] = '\0';
    count++;
  }
  return count == job->count;
}

static napi_value refuse(napi_env env, struct job *job) {
  if (job != NULL) release(job);
  napi_throw_type_error(env, NULL, "hashFiles: wrong arguments");
  return NULL;
}

static napi_value hash_files(napi_env env, napi_callback_info info) {
  size_t argc = 5;
  napi_value args[5], promise, name;
  bool lossless;
  if (napi_get_cb_info(env, info, &argc, args, NULL, NULL) != napi_ok || argc != 5) return refuse(env, NULL);
  struct job *job = calloc(1, sizeof *job);
  if (job == NULL || napi_get_value_bigint_uint64(env, args[1], &job->root_dev, &lossless) != napi_ok ||
      napi_get_value_uint32(env, args[2], &job->size_max) != napi_ok || job->size_max > SIZE_MAX_BYTES ||
      !take_stats(env, args[4], job) || !take_names(env, args[3], job) || !take_directories(env, args[0], job))
    return refuse(env, job);
  napi_create_string_utf8(env, "btsoot:hash", NAPI_AUTO_LENGTH, &name);
  if (napi_create_promise(env, &job->deferred, &promise) != napi_ok ||
      napi_create_async_work(env, NULL, name, execute, complete, job, &job->work) != napi_ok)
    return refuse(env, job);
  napi_queue_async_work(env, job->work);
  return promise;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "hashFiles", NAPI_AUTO_LENGTH, hash_files, NULL, &function);
  napi_set_named_property(env, exports, "hashFiles", function);
  napi_value version;
  napi_create_uint32(env, INTERFACE_VERSION, &version);
  napi_set_named_property(env, exports, "interfaceVersion", version);
  return exports;
}
