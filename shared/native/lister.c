/*
 * Lists directories for the scan: names and stats of many directories in one call, off the main thread. What it gives is
 * what src/scan/listing.ts reads with node:fs, byte for byte, in a quarter of the time; that is used where this is not there.
 *
 * listDirectories(rootFd, rootDev, entriesMax, withXattrs, watchFd, paths, devs, inos) gives a promise of an array with one item for each path:
 * an ArrayBuffer, or the number of an error. Paths are byte strings relative to the root, and no part of one is followed
 * where it is a symlink. `devs` and `inos` (BigUint64Array) say which directory is meant: ESTALE where another one is there.
 * With a `watchFd` (else -1), each directory is watched by that from before it is read: see watcher.c.
 * EOVERFLOW: it has more entries than wanted. ENOTSUP: let node:fs do it, and say what it says.
 *
 * An ArrayBuffer holds, in the machine's byte order:
 *   uint32 [5]   counts: entries, directories, special files, sockets; and the bytes of the names
 *   int32        the number of its watch; negative: there is none, for this errno, 0 where none was wanted
 *   uint32 []    of each directory, its index
 *   names        in byte order, with '/' between them, and a NUL
 *   int64 [10]   of each entry, its stat (look.h)
 *   uint8 []     with `withXattrs`, of each entry, whether it may have extended attributes: looked for after its stat was taken
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "look.h"
#include "watch.h"

/* Goes up with each change of arguments or layout: who wants another one does without. */
#define INTERFACE_VERSION 3
#define DENTS_BYTES (64 * 1024)
#define OPEN_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct linux_dirent64 {
  uint64_t d_ino;
  int64_t d_off;
  unsigned short d_reclen;
  unsigned char d_type;
  char d_name[];
};

struct entry {
  uint64_t ino;
  /* In the arena, until that is complete; then the name itself. */
  size_t offset;
  const char *name;
  size_t length;
  int64_t stat[FIELDS];
  uint8_t may_have_xattrs;
};

struct listing {
  char *arena;
  size_t arena_used, arena_size;
  struct entry *entries;
  size_t count, room;
};

struct target {
  char *path;
  uint64_t dev, ino;
  /* What comes of it: `bytes`, or an errno. */
  int error;
  uint8_t *bytes;
  size_t length;
};

struct job {
  int root_fd, watch_fd;
  uint64_t root_dev;
  uint32_t entries_max;
  bool with_xattrs;
  uint32_t count;
  struct target *targets;
  napi_deferred deferred;
  napi_async_work work;
};

/* Component by component, for kernels before 5.6 and where openat2 is filtered. */
static int open_by_parts(int root_fd, char *path) {
  int at = root_fd;
  for (char *part = path; part != NULL;) {
    char *slash = strchr(part, '/');
    if (slash != NULL) *slash = '\0';
    int leads_out = strcmp(part, "..") == 0;
    int next = leads_out ? -1 : openat(at, part, OPEN_FLAGS);
    int error = leads_out ? EXDEV : errno;
    if (slash != NULL) *slash = '/';
    if (at != root_fd) close(at);
    if (next < 0) {
      errno = error;
      return -1;
    }
    at = next;
    part = slash == NULL ? NULL : slash + 1;
  }
  return at;
}

static int open_directory(int root_fd, char *path) {
  if (*path == '\0') return openat(root_fd, ".", OPEN_FLAGS);
  struct open_how how = {.flags = OPEN_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
  int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof how);
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM && errno != EAGAIN)) return fd;
  return open_by_parts(root_fd, path);
}

static int add_name(struct listing *to, uint64_t ino, const char *name) {
  size_t length = strlen(name);
  if (to->count == to->room) {
    size_t room = to->room == 0 ? 64 : to->room * 2;
    struct entry *entries = realloc(to->entries, room * sizeof *entries);
    if (entries == NULL) return ENOMEM;
    to->entries = entries;
    to->room = room;
  }
  if (to->arena_used + length + 1 > to->arena_size) {
    size_t size = (to->arena_size + length + 1) * 2;
    char *arena = realloc(to->arena, size);
    if (arena == NULL) return ENOMEM;
    to->arena = arena;
    to->arena_size = size;
  }
  struct entry *entry = &to->entries[to->count++];
  entry->ino = ino;
  entry->offset = to->arena_used;
  entry->length = length;
  memcpy(to->arena + to->arena_used, name, length + 1);
  to->arena_used += length + 1;
  return 0;
}

static int read_names(int fd, char *dents, uint32_t entries_max, struct listing *to) {
  for (;;) {
    long got = syscall(SYS_getdents64, fd, dents, DENTS_BYTES);
    if (got < 0) return errno;
    if (got == 0) return 0;
    for (long at = 0; at < got;) {
      struct linux_dirent64 *dent = (struct linux_dirent64 *)(dents + at);
      at += dent->d_reclen;
      const char *name = dent->d_name;
      if (name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'))) continue;
      if (to->count >= entries_max) return EOVERFLOW;
      int error = add_name(to, dent->d_ino, name);
      if (error != 0) return error;
    }
  }
}

/* A disk finds inodes fastest in the order in which they lie there. */
static int by_inode(const void *a, const void *b) {
  uint64_t one = ((const struct entry *)a)->ino, other = ((const struct entry *)b)->ino;
  return (one > other) - (one < other);
}

static int by_name(const void *a, const void *b) {
  const struct entry *one = a, *other = b;
  size_t common = one->length < other->length ? one->length : other->length;
  int order = memcmp(one->name, other->name, common);
  return order != 0 ? order : (one->length > other->length) - (one->length < other->length);
}

/* There is no call for a name in an open directory that follows no symlink. */
static uint8_t may_have_xattrs(int fd, const char *name) {
  char path[sizeof "/proc/self/fd//" + 10 + NAME_MAX];
  int length = snprintf(path, sizeof path, "/proc/self/fd/%d/%s", fd, name);
  if (length < 0 || (size_t)length >= sizeof path) return 1;
  ssize_t size = llistxattr(path, NULL, 0);
  return size > 0 || (size < 0 && errno != ENOTSUP);
}

/* What has vanished since its name was read is left out. */
static int look_at_all(int fd, const struct job *job, struct listing *of) {
  for (size_t i = 0; i < of->count; i++) of->entries[i].name = of->arena + of->entries[i].offset;
  if (of->count > 1) qsort(of->entries, of->count, sizeof *of->entries, by_inode);
  size_t kept = 0;
  for (size_t i = 0; i < of->count; i++) {
    struct entry *entry = &of->entries[i];
    int error = look(fd, entry->name, AT_SYMLINK_NOFOLLOW, job->root_dev, entry->stat);
    if (error == ENOENT) continue;
    if (error != 0) return ENOTSUP;
    if (job->with_xattrs) entry->may_have_xattrs = may_have_xattrs(fd, entry->name);
    if (kept != i) of->entries[kept] = *entry;
    kept++;
  }
  of->count = kept;
  if (of->count > 1) qsort(of->entries, of->count, sizeof *of->entries, by_name);
  return 0;
}

static int write_out(const struct listing *of, bool with_xattrs, int watch, struct target *to) {
  uint32_t counts[6] = {(uint32_t)of->count, 0, 0, 0, 0, (uint32_t)watch};
  size_t names = of->count == 0 ? 0 : of->count - 1;
  for (size_t i = 0; i < of->count; i++) {
    int64_t mode = of->entries[i].stat[6];
    names += of->entries[i].length;
    if (S_ISDIR(mode)) counts[1]++;
    else if (S_ISSOCK(mode)) counts[3]++;
    else if (!S_ISREG(mode) && !S_ISLNK(mode)) counts[2]++;
  }
  counts[4] = (uint32_t)names;
  to->length = sizeof counts + 4 * (size_t)counts[1] + names + 1 + of->count * (FIELDS * sizeof(int64_t) + with_xattrs);
  to->bytes = malloc(to->length);
  if (to->bytes == NULL) return ENOMEM;
  uint8_t *at = to->bytes;
  memcpy(at, counts, sizeof counts);
  at += sizeof counts;
  for (uint32_t i = 0; i < of->count; i++) {
    if (!S_ISDIR(of->entries[i].stat[6])) continue;
    memcpy(at, &i, 4);
    at += 4;
  }
  for (size_t i = 0; i < of->count; i++) {
    if (i > 0) *at++ = '/';
    memcpy(at, of->entries[i].name, of->entries[i].length);
    at += of->entries[i].length;
  }
  *at++ = '\0';
  for (size_t i = 0; i < of->count; i++) {
    memcpy(at, of->entries[i].stat, sizeof of->entries[i].stat);
    at += sizeof of->entries[i].stat;
  }
  for (size_t i = 0; with_xattrs && i < of->count; i++) *at++ = of->entries[i].may_have_xattrs;
  return 0;
}

static int list_one(const struct job *job, struct target *target, char *dents) {
  int fd = open_directory(job->root_fd, target->path);
  if (fd < 0) return errno;
  int64_t own[FIELDS];
  struct listing listing = {0};
  int error = look(fd, "", AT_EMPTY_PATH, job->root_dev, own);
  if (error != 0) error = ENOTSUP;
  else if ((uint64_t)own[0] != target->dev || (uint64_t)own[1] != target->ino) error = ESTALE;
  int watch = error != 0 || job->watch_fd < 0 ? 0 : watch_directory(job->watch_fd, fd);
  if (error == 0) error = read_names(fd, dents, job->entries_max, &listing);
  if (error == 0) error = look_at_all(fd, job, &listing);
  if (error == 0) error = write_out(&listing, job->with_xattrs, watch, target);
  free(listing.arena);
  free(listing.entries);
  close(fd);
  return error;
}

static void execute(napi_env env, void *data) {
  (void)env;
  struct job *job = data;
  char *dents = malloc(DENTS_BYTES);
  for (uint32_t i = 0; i < job->count; i++)
    job->targets[i].error = dents == NULL ? ENOMEM : list_one(job, &job->targets[i], dents);
  free(dents);
}

static void release(struct job *job) {
  for (uint32_t i = 0; job->targets != NULL && i < job->count; i++) {
    free(job->targets[i].path);
    free(job->targets[i].bytes);
  }
  free(job->targets);
  free(job);
}

static void complete(napi_env env, napi_status status, void *data) {
  struct job *job = data;
  napi_value results;
  if (status == napi_ok) status = napi_create_array_with_length(env, job->count, &results);
  for (uint32_t i = 0; status == napi_ok && i < job->count; i++) {
    struct target *target = &job->targets[i];
    napi_value item;
    void *memory;
    if (target->bytes == NULL) status = napi_create_int32(env, target->error, &item);
    else {
      status = napi_create_arraybuffer(env, target->length, &memory, &item);
      if (status == napi_ok) memcpy(memory, target->bytes, target->length);
    }
    if (status == napi_ok) status = napi_set_element(env, results, i, item);
  }
  if (status == napi_ok) napi_resolve_deferred(env, job->deferred, results);
  else {
    napi_value message, failure;
    napi_create_string_utf8(env, "directories could not be listed", NAPI_AUTO_LENGTH, &message);
    napi_create_error(env, NULL, message, &failure);
    napi_reject_deferred(env, job->deferred, failure);
  }
  napi_delete_async_work(env, job->work);
  release(job);
}

/* The words of a BigUint64Array that has one for each path. */
static const uint64_t *words_of(napi_env env, napi_value value, uint32_t count) {
  napi_typedarray_type type;
  size_t length;
  void *words;
  if (napi_get_typedarray_info(env, value, &type, &length, &words, NULL, NULL) != napi_ok) return NULL;
  return type == napi_biguint64_array && length == count ? words : NULL;
}

static char *path_at(napi_env env, napi_value paths, uint32_t index) {
  napi_value item;
  size_t length;
  if (napi_get_element(env, paths, index, &item) != napi_ok) return NULL;
  if (napi_get_value_string_latin1(env, item, NULL, 0, &length) != napi_ok) return NULL;
  char *path = malloc(length + 1);
  if (path != NULL) napi_get_value_string_latin1(env, item, path, length + 1, &length);
  return path;
}

static napi_value refuse(napi_env env, struct job *job) {
  if (job != NULL) release(job);
  napi_throw_type_error(env, NULL, "listDirectories: wrong arguments");
  return NULL;
}

static napi_value list_directories(napi_env env, napi_callback_info info) {
  size_t argc = 8;
  napi_value args[8], promise, name;
  bool lossless;
  if (napi_get_cb_info(env, info, &argc, args, NULL, NULL) != napi_ok || argc != 8) return refuse(env, NULL);
  struct job *job = calloc(1, sizeof *job);
  if (job == NULL || napi_get_value_int32(env, args[0], &job->root_fd) != napi_ok ||
      napi_get_value_bigint_uint64(env, args[1], &job->root_dev, &lossless) != napi_ok ||
      napi_get_value_uint32(env, args[2], &job->entries_max) != napi_ok ||
      napi_get_value_bool(env, args[3], &job->with_xattrs) != napi_ok ||
      napi_get_value_int32(env, args[4], &job->watch_fd) != napi_ok ||
      napi_get_array_length(env, args[5], &job->count) != napi_ok)
    return refuse(env, job);
  const uint64_t *devs = words_of(env, args[6], job->count), *inos = words_of(env, args[7], job->count);
  job->targets = calloc(job->count == 0 ? 1 : job->count, sizeof *job->targets);
  if (devs == NULL || inos == NULL || job->targets == NULL) return refuse(env, job);
  for (uint32_t i = 0; i < job->count; i++) {
    job->targets[i].path = path_at(env, args[5], i);
    job->targets[i].dev = devs[i];
    job->targets[i].ino = inos[i];
    if (job->targets[i].path == NULL) return refuse(env, job);
  }
  napi_create_string_utf8(env, "btsoot:list", NAPI_AUTO_LENGTH, &name);
  if (napi_create_promise(env, &job->deferred, &promise) != napi_ok ||
      napi_create_async_work(env, NULL, name, execute, complete, job, &job->work) != napi_ok)
    return refuse(env, job);
  napi_queue_async_work(env, job->work);
  return promise;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "listDirectories", NAPI_AUTO_LENGTH, list_directories, NULL, &function);
  napi_set_named_property(env, exports, "listDirectories", function);
  napi_value version;
  napi_create_uint32(env, INTERFACE_VERSION, &version);
  napi_set_named_property(env, exports, "interfaceVersion", version);
  return exports;
}
