/* Stats as src/disk/seen.ts packs them. To be included after _GNU_SOURCE was defined. */
#ifndef BTSOOT_LOOK_H
#define BTSOOT_LOOK_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* device (0: the root's), inode, size, mtime, ctime, btime (ns), mode, uid, gid, links */
#define FIELDS 10

/* As node:fs gives them, whose seconds are a `long`: with 32 bits, a time after January 2038 is one of before 1970 to both. */
static int64_t nanoseconds(struct statx_timestamp time) {
  int64_t seconds = (long)time.tv_sec, result;
  if (__builtin_mul_overflow(seconds, (int64_t)1000000000, &result) ||
      __builtin_add_overflow(result, (int64_t)time.tv_nsec, &result))
    return seconds < 0 ? -INT64_MAX : INT64_MAX;
  return result == INT64_MIN ? -INT64_MAX : result;
}

static int look(int fd, const char *name, int flags, uint64_t root_dev, int64_t *into) {
  struct statx seen;
  if (statx(fd, name, flags, STATX_BASIC_STATS | STATX_BTIME, &seen) != 0) return errno;
  uint64_t dev = makedev(seen.stx_dev_major, seen.stx_dev_minor);
  into[0] = dev == root_dev ? 0 : (int64_t)dev;
  into[1] = (int64_t)seen.stx_ino;
  into[2] = (int64_t)seen.stx_size;
  into[3] = nanoseconds(seen.stx_mtime);
  into[4] = nanoseconds(seen.stx_ctime);
  into[5] = nanoseconds(seen.stx_btime);
  into[6] = seen.stx_mode;
  into[7] = seen.stx_uid;
  into[8] = seen.stx_gid;
  into[9] = seen.stx_nlink;
  return 0;
}

#endif
