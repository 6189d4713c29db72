/*
 * Tells which directories have changed, by inotify. node:fs cannot say when the system has lost events, nor watch the directory
 * that is open; without both, a change could go unseen. A thread of its own takes the events as they come, for the system
 * keeps only so many, and remembers of each directory what has happened and not how often.
 *
 * open(onEvents, gatherMs) gives a watch. `onEvents` is called without arguments when there is something to take, gatherMs after
 * the first of it came. It keeps no process alive. Throws an Error whose `errno` is the system's.
 * fdOf(watch) is what listDirectories of lister.c wants.
 * add(watch, fd) watches an open directory; gives its number, or an errno, negated.
 * remove(watch, number) stops that.
 * take(watch) gives an Int32Array with the number and what happened (IN_...) of each directory that has changed since, all that
 * the system knows of by now included; a number of -1 says that events were lost.
 * close(watch) ends it.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <node_api.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "watch.h"

/* Goes up with each change of arguments or layout: who wants another one does without. */
#define INTERFACE_VERSION 1
#define EVENTS_BYTES (64 * 1024)
#define PULL_INTERVAL_MS 10
#define LOST (-1)

struct change {
  int32_t watch;
  uint32_t mask;
};

struct watcher {
  int fd, wake;
  uint32_t gather_ms;
  pthread_t thread;
  bool runs;
  napi_threadsafe_function notify;
  /* Holds for all below. */
  pthread_mutex_t lock;
  struct change *changes;
  size_t count, room;
  bool lost;
  char events[EVENTS_BYTES] __attribute__((aligned(__alignof__(struct inotify_event))));
};

static int by_watch(const void *a, const void *b) {
  int32_t one = ((const struct change *)a)->watch, other = ((const struct change *)b)->watch;
  return (one > other) - (one < other);
}

static void compact(struct watcher *of) {
  if (of->count < 2) return;
  qsort(of->changes, of->count, sizeof *of->changes, by_watch);
  size_t last = 0;
  for (size_t i = 1; i < of->count; i++) {
    if (of->changes[i].watch == of->changes[last].watch) of->changes[last].mask |= of->changes[i].mask;
    else of->changes[++last] = of->changes[i];
  }
  of->count = last + 1;
}

static void note(struct watcher *of, int32_t watch, uint32_t mask) {
  if (of->count > 0 && of->changes[of->count - 1].watch == watch) {
    of->changes[of->count - 1].mask |= mask;
    return;
  }
  if (of->count == of->room) {
    compact(of);
    if (of->count >= of->room / 2) {
      size_t room = of->room == 0 ? 256 : of->room * 2;
      struct change *changes = realloc(of->changes, room * sizeof *changes);
      if (changes == NULL) {
        of->lost = true;
        return;
      }
      of->changes = changes;
      of->room = room;
    }
  }
  of->changes[of->count++] = (struct change){.watch = watch, .mask = mask};
}

/* All that the system has by now. */
static void pull(struct watcher *into) {
  for (;;) {
    ssize_t got = read(into->fd, into->events, sizeof into->events);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (got < 0 && errno != EAGAIN) into->lost = true;
      return;
    }
    for (ssize_t at = 0; at < got;) {
      const struct inotify_event *event = (const struct inotify_event *)(into->events + at);
      at += (ssize_t)(sizeof *event + event->len);
      if (event->mask & IN_Q_OVERFLOW) into->lost = true;
      else note(into, event->wd, event->mask);
    }
  }
}

static bool pull_safely(struct watcher *into) {
  pthread_mutex_lock(&into->lock);
  pull(into);
  bool some = into->count > 0 || into->lost;
  pthread_mutex_unlock(&into->lock);
  return some;
}

/* Whether it is to end. */
static bool rest(struct watcher *with, int timeout_ms) {
  struct pollfd wake = {.fd = with->wake, .events = POLLIN};
  return poll(&wake, 1, timeout_ms) > 0;
}

static void *run(void *data) {
  struct watcher *watcher = data;
  struct pollfd both[2] = {{.fd = watcher->fd, .events = POLLIN}, {.fd = watcher->wake, .events = POLLIN}};
  for (;;) {
    if (poll(both, 2, -1) < 0 && errno != EINTR) return NULL;
    if (both[1].revents != 0) return NULL;
    if (!pull_safely(watcher)) continue;
    for (uint32_t waited = 0; waited < watcher->gather_ms; waited += PULL_INTERVAL_MS) {
      if (rest(watcher, PULL_INTERVAL_MS)) return NULL;
      pull_safely(watcher);
    }
    /* Where one waits to be called already, that one takes it all. */
    napi_call_threadsafe_function(watcher->notify, NULL, napi_tsfn_nonblocking);
  }
}

static void stop(void *data) {
  struct watcher *watcher = data;
  if (!watcher->runs) return;
  watcher->runs = false;
  uint64_t one = 1;
  ssize_t written = write(watcher->wake, &one, sizeof one);
  (void)written;
  pthread_join(watcher->thread, NULL);
  napi_release_threadsafe_function(watcher->notify, napi_tsfn_abort);
  close(watcher->fd);
  close(watcher->wake);
  watcher->fd = -1;
}

static void discard(struct watcher *watcher) {
  pthread_mutex_destroy(&watcher->lock);
  free(watcher->changes);
  free(watcher);
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)hint;
  napi_remove_env_cleanup_hook(env, stop, data);
  stop(data);
  discard(data);
}

static void call(napi_env env, napi_value callback, void *context, void *data) {
  (void)context;
  (void)data;
  napi_value undefined;
  if (env == NULL || callback == NULL) return;
  napi_get_undefined(env, &undefined);
  napi_call_function(env, undefined, callback, 0, NULL, NULL);
}

static napi_value refuse(napi_env env) {
  napi_throw_type_error(env, NULL, "watcher: wrong arguments, or a watch that was closed");
  return NULL;
}

static napi_value fail(napi_env env, int error) {
  napi_value message, failure, number;
  napi_create_string_utf8(env, strerror(error), NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, NULL, message, &failure);
  napi_create_int32(env, error, &number);
  napi_set_named_property(env, failure, "errno", number);
  napi_throw(env, failure);
  return NULL;
}

static int begin(struct watcher *watcher) {
  watcher->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watcher->fd < 0) return errno;
  watcher->wake = eventfd(0, EFD_CLOEXEC);
  int error = watcher->wake < 0 ? errno : pthread_create(&watcher->thread, NULL, run, watcher);
  if (error == 0) return 0;
  close(watcher->fd);
  if (watcher->wake >= 0) close(watcher->wake);
  return error;
}

static napi_value open_watch(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value args[2], name, result;
  uint32_t gather_ms;
  if (napi_get_cb_info(env, info, &argc, args, NULL, NULL) != napi_ok || argc != 2 ||
      napi_get_value_uint32(env, args[1], &gather_ms) != napi_ok)
    return refuse(env);
  struct watcher *watcher = calloc(1, sizeof *watcher);
  if (watcher == NULL) return fail(env, ENOMEM);
  watcher->gather_ms = gather_ms;
  pthread_mutex_init(&watcher->lock, NULL);
  napi_create_string_utf8(env, "btsoot:watch", NAPI_AUTO_LENGTH, &name);
  if (napi_create_threadsafe_function(env, args[0], NULL, name, 1, 1, NULL, NULL, NULL, call, &watcher->notify) != napi_ok) {
    discard(watcher);
    return refuse(env);
  }
  napi_unref_threadsafe_function(env, watcher->notify);
  int error = begin(watcher);
  if (error != 0) {
    napi_release_threadsafe_function(watcher->notify, napi_tsfn_abort);
    discard(watcher);
    return fail(env, error);
  }
  watcher->runs = true;
  napi_add_env_cleanup_hook(env, stop, watcher);
  if (napi_create_external(env, watcher, finalize, NULL, &result) == napi_ok) return result;
  finalize(env, watcher, NULL);
  return refuse(env);
}

/* Null, and refused, where it is none that is open. */
static struct watcher *watcher_of(napi_env env, napi_callback_info info, size_t wanted, int32_t *number) {
  size_t argc = 2;
  napi_value args[2];
  void *data;
  bool fits = napi_get_cb_info(env, info, &argc, args, NULL, NULL) == napi_ok && argc == wanted &&
              napi_get_value_external(env, args[0], &data) == napi_ok && ((struct watcher *)data)->runs &&
              (number == NULL || napi_get_value_int32(env, args[1], number) == napi_ok);
  if (!fits) refuse(env);
  return fits ? data : NULL;
}

static napi_value number_of(napi_env env, int32_t number) {
  napi_value result;
  napi_create_int32(env, number, &result);
  return result;
}

static napi_value fd_of(napi_env env, napi_callback_info info) {
  struct watcher *watcher = watcher_of(env, info, 1, NULL);
  return watcher == NULL ? NULL : number_of(env, watcher->fd);
}

static napi_value add(napi_env env, napi_callback_info info) {
  int32_t fd;
  struct watcher *watcher = watcher_of(env, info, 2, &fd);
  return watcher == NULL ? NULL : number_of(env, watch_directory(watcher->fd, fd));
}

static napi_value remove_watch(napi_env env, napi_callback_info info) {
  int32_t number;
  struct watcher *watcher = watcher_of(env, info, 2, &number);
  if (watcher != NULL) inotify_rm_watch(watcher->fd, number);
  return NULL;
}

static napi_value take(napi_env env, napi_callback_info info) {
  struct watcher *watcher = watcher_of(env, info, 1, NULL);
  if (watcher == NULL) return NULL;
  pthread_mutex_lock(&watcher->lock);
  pull(watcher);
  compact(watcher);
  size_t count = watcher->count + watcher->lost;
  napi_value memory, result = NULL;
  void *bytes;
  if (napi_create_arraybuffer(env, count * sizeof(struct change), &bytes, &memory) == napi_ok) {
    if (watcher->count > 0) memcpy(bytes, watcher->changes, watcher->count * sizeof(struct change));
    if (watcher->lost) ((struct change *)bytes)[watcher->count] = (struct change){.watch = LOST, .mask = IN_Q_OVERFLOW};
    watcher->count = 0;
    watcher->lost = false;
    napi_create_typedarray(env, napi_int32_array, count * 2, memory, 0, &result);
  }
  pthread_mutex_unlock(&watcher->lock);
  return result;
}

static napi_value close_watch(napi_env env, napi_callback_info info) {
  struct watcher *watcher = watcher_of(env, info, 1, NULL);
  if (watcher == NULL) return NULL;
  napi_remove_env_cleanup_hook(env, stop, watcher);
  stop(watcher);
  return NULL;
}

static void export(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
  napi_value version;
  export(env, exports, "open", open_watch);
  export(env, exports, "fdOf", fd_of);
  export(env, exports, "add", add);
  export(env, exports, "remove", remove_watch);
  export(env, exports, "take", take);
  export(env, exports, "close", close_watch);
  napi_create_uint32(env, INTERFACE_VERSION, &version);
  napi_set_named_property(env, exports, "interfaceVersion", version);
  return exports;
}
