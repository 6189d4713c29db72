/* What watcher.c and lister.c have in common: how a directory is watched. */
#ifndef BTSOOT_WATCH_H
#define BTSOOT_WATCH_H
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/inotify.h>

/* All that can change what a listing says, or what a file in it holds. */
#define WATCHED_EVENTS (IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO)

/* The directory that is open, whatever its path is by now. Gives the watch's number, or an errno, negated. */
static int watch_directory(int watch_fd, int directory_fd) {
  char path[sizeof "/proc/self/fd/" + 11];
  snprintf(path, sizeof path, "/proc/self/fd/%d", directory_fd);
  int watch = inotify_add_watch(watch_fd, path, WATCHED_EVENTS | IN_ONLYDIR | IN_EXCL_UNLINK);
  return watch < 0 ? -errno : watch;
}

#endif
