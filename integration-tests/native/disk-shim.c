/*
 * Stands between a program and libc (LD_PRELOAD) and sees each change that it makes to the files below one folder.
 * Built and used by the crash tests alone; nothing of it is shipped. All settings are environment variables:
 *
 * DISK_SHIM_ROOT    the folder, absolute and without symlinks. Changes elsewhere do not count.
 * DISK_SHIM_TRACE   a file to which a record of each change is appended, bytes included (crash/trace.ts reads it).
 * DISK_SHIM_LOCK    a file of zeros of at least 4 bytes: keeps change and record of one thread apart from those of others,
 *                   whatever the process, so that the records are in the order of the changes.
 * DISK_SHIM_KILL    "N" or "N half": this process dies by SIGKILL in place of its Nth change, or, where that is a write,
 *                   after half of it. Of Node alone: the programs that it starts live on.
 * DISK_SHIM_INODES  a file as crash/inode-map.ts writes it: what `stat` is to say of inodes that stand for others, so that a
 *                   disk that was rebuilt file by file is, for the program, the disk that it knew. Read as it changes.
 * DISK_SHIM_DAYS_AGO  how many days back the time of day is.
 * DISK_SHIM_BOOT    a file that is read in the place of the one in which the kernel names the time since its start.
 *
 * Nothing is made durable for real while this is loaded: what a power cut takes is decided later, from the trace.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/stat.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

enum op {
  CREATE = 1, MKDIR, SYMLINK, FIFO, LINK, UNLINK, RMDIR, RENAME, WRITE, TRUNCATE, META, SET_XATTR, REMOVE_XATTR, FSYNC, FDATASYNC, SYNCFS
};

/* Of an inode, after the change. All zero where the record has no such inode. */
struct facts {
  uint64_t ino;
  int64_t mtime_ns, ctime_ns, btime_ns;
  uint32_t mode, uid, gid, nlink;
};

struct record {
  uint32_t total_bytes, op;
  int64_t at; /* WRITE: position; TRUNCATE: size */
  struct facts it, parent, parent2;
  uint32_t name_bytes, name2_bytes, data_bytes, pid;
};

struct stand_in {
  uint64_t real_ino;
  int64_t real_mtime_ns, real_ctime_ns, real_btime_ns;
  uint64_t ino;
  int64_t mtime_ns, ctime_ns, btime_ns;
};

/* Inodes that stand for none get numbers that none has. */
#define OWN_NUMBERS (1ULL << 40)

static char root[PATH_MAX];
static size_t root_bytes;
static int trace_fd = -1;
static atomic_uint *lock_word;
static long kill_at;
static int kill_half;
static atomic_long changes;
static const char *inodes;
static size_t inodes_bytes;
static dev_t root_dev;
static long days_ago;
static const char *boot;

static long (*real_syscall)(long, ...);

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static long raw(long number, long a, long b, long c, long d, long e, long f) {
  if (!real_syscall) real_syscall = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  return real_syscall(number, a, b, c, d, e, f);
}

static int raw_statx(int dirfd, const char *path, int flags, struct statx *into) {
  return (int)raw(SYS_statx, dirfd, (long)path, flags, STATX_ALL, (long)into, 0);
}

static int64_t ns(struct statx_timestamp time) { return time.tv_sec * 1000000000LL + time.tv_nsec; }

static struct statx_timestamp timestamp(int64_t value) {
  int64_t seconds = value / 1000000000LL, rest = value % 1000000000LL;
  if (rest < 0) rest += 1000000000LL, seconds--;
  return (struct statx_timestamp){.tv_sec = seconds, .tv_nsec = (uint32_t)rest};
}

/* --- stat, where inodes stand for others --- */

static const struct stand_in *find_stand_in(uint64_t ino) {
  uint64_t low = 0, high;
  memcpy(&high, inodes, sizeof high);
  const struct stand_in *all = (const struct stand_in *)(inodes + 8);
  while (low < high) {
    uint64_t middle = (low + high) / 2;
    if (all[middle].real_ino < ino) low = middle + 1;
    else high = middle;
  }
  uint64_t total;
  memcpy(&total, inodes, sizeof total);
  return low < total && all[low].real_ino == ino ? &all[low] : NULL;
}

/* A time that has changed since the disk was rebuilt is the real one. A number that was given anew stands for nothing. */
static void disguise(struct statx *stats) {
  if (!inodes || makedev(stats->stx_dev_major, stats->stx_dev_minor) != root_dev) return;
  const struct stand_in *known = find_stand_in(stats->stx_ino);
  if (!known || ns(stats->stx_btime) != known->real_btime_ns) {
    stats->stx_ino += OWN_NUMBERS;
    return;
  }
  stats->stx_ino = known->ino;
  stats->stx_btime = timestamp(known->btime_ns);
  if (ns(stats->stx_mtime) == known->real_mtime_ns) stats->stx_mtime = timestamp(known->mtime_ns);
  if (ns(stats->stx_ctime) == known->real_ctime_ns) stats->stx_ctime = timestamp(known->ctime_ns);
}

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("DISK_SHIM_ROOT");
  if (!folder) return;
  snprintf(root, sizeof root, "%s", folder);
  root_bytes = strlen(root);
  struct stat stats;
  if (stat(root, &stats) == 0) root_dev = stats.st_dev;
  const char *lock = getenv("DISK_SHIM_LOCK"), *trace = getenv("DISK_SHIM_TRACE"), *kill_spec = getenv("DISK_SHIM_KILL");
  if (lock) {
    int fd = (int)raw(SYS_openat, AT_FDCWD, (long)lock, O_RDWR | O_CLOEXEC, 0, 0, 0);
    void *at = mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) lock_word = at;
    raw(SYS_close, fd, 0, 0, 0, 0, 0);
  }
  if (trace) {
    int fd = (int)raw(SYS_openat, AT_FDCWD, (long)trace, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600, 0, 0);
    /* Out of the way of programs that expect low numbers. */
    trace_fd = fcntl(fd, F_DUPFD_CLOEXEC, 700);
    raw(SYS_close, fd, 0, 0, 0, 0, 0);
  }
  /* Neither what starts the program nor what it starts. */
  if (kill_spec && strcmp(program_invocation_short_name, "node") == 0) {
    kill_at = atol(kill_spec);
    kill_half = strstr(kill_spec, "half") != NULL;
  }
  if (getenv("DISK_SHIM_DAYS_AGO")) days_ago = atol(getenv("DISK_SHIM_DAYS_AGO"));
  boot = getenv("DISK_SHIM_BOOT");
  const char *map = getenv("DISK_SHIM_INODES");
  if (map && stat(map, &stats) == 0) {
    int fd = (int)raw(SYS_openat, AT_FDCWD, (long)map, O_RDONLY | O_CLOEXEC, 0, 0, 0);
    void *at = mmap(NULL, stats.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) inodes = at, inodes_bytes = stats.st_size;
    raw(SYS_close, fd, 0, 0, 0, 0, 0);
  }
}

static int watches(void) { return root_bytes > 0 && (trace_fd >= 0 || kill_at > 0); }

/* Only recordings need it, and nobody dies in those: who dies with it would keep it for ever. */
static void lock(void) {
  if (!lock_word || trace_fd < 0) return;
  unsigned expected = 0;
  while (!atomic_compare_exchange_weak(lock_word, &expected, 1)) {
    expected = 0;
    sched_yield();
  }
}

static void unlock(void) {
  int error = errno;
  if (lock_word) atomic_store(lock_word, 0);
  errno = error;
}

/* Whether the thing that a descriptor is of lies below the root; its path, where `path` is given. */
static int is_below(int fd, char *path) {
  char link[64], target[PATH_MAX + 16];
  int error = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long length = raw(SYS_readlinkat, AT_FDCWD, (long)link, (long)target, sizeof target - 1, 0, 0);
  errno = error;
  if (length < 0) return 0;
  target[length] = 0;
  if (strncmp(target, root, root_bytes) != 0 || (target[root_bytes] != '/' && target[root_bytes] != 0)) return 0;
  if (path) strcpy(path, target);
  return 1;
}

/* A watched regular file or folder? */
static int is_watched(int fd) {
  if (!watches() || fd < 0) return 0;
  struct stat stats;
  int error = errno;
  int known = fstat(fd, &stats) == 0 && (S_ISREG(stats.st_mode) || S_ISDIR(stats.st_mode));
  errno = error;
  return known && is_below(fd, NULL);
}

struct place {
  int parent; /* an O_PATH descriptor; -1: not watched */
  char name[NAME_MAX + 1];
};

/* Finds the folder that a name lies in. A path that ends in "." is that of a folder, which then has no name here. */
static struct place find_place(int dirfd, const char *path) {
  struct place place = {.parent = -1};
  if (!watches() || !path) return place;
  int error = errno;
  char folder[PATH_MAX];
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') length--;
  size_t slash = length;
  while (slash > 0 && path[slash - 1] != '/') slash--;
  const char *base = path + slash;
  size_t base_length = length - slash;
  int isDot = base_length == 0 || (base_length == 1 && base[0] == '.') || (base_length == 2 && base[0] == '.' && base[1] == '.');
  size_t folder_length = isDot ? length : slash;
  if (folder_length >= sizeof folder || base_length > NAME_MAX) return place;
  if (folder_length == 0) strcpy(folder, ".");
  else snprintf(folder, sizeof folder, "%.*s", (int)folder_length, path);
  int fd = (int)raw(SYS_openat, dirfd, (long)folder, O_PATH | O_CLOEXEC, 0, 0, 0);
  errno = error;
  if (fd < 0) return place;
  if (!is_below(fd, NULL)) {
    raw(SYS_close, fd, 0, 0, 0, 0, 0);
    return place;
  }
  place.parent = fd;
  if (!isDot) snprintf(place.name, sizeof place.name, "%.*s", (int)base_length, base);
  return place;
}

static void leave(struct place place) {
  int error = errno;
  if (place.parent >= 0) raw(SYS_close, place.parent, 0, 0, 0, 0, 0);
  errno = error;
}

static struct facts facts_of(int dirfd, const char *path, int flags) {
  struct facts facts = {0};
  struct statx stats;
  int error = errno;
  if (raw_statx(dirfd, path, flags, &stats) == 0) {
    disguise(&stats);
    facts = (struct facts){stats.stx_ino, ns(stats.stx_mtime), ns(stats.stx_ctime), ns(stats.stx_btime),
                           stats.stx_mode, stats.stx_uid, stats.stx_gid, stats.stx_nlink};
  }
  errno = error;
  return facts;
}

static struct facts facts_of_fd(int fd) { return facts_of(fd, "", AT_EMPTY_PATH); }

/* What lies at a place; for one without a name, the folder itself. */
static struct facts facts_at(struct place place) {
  if (place.parent < 0) return (struct facts){0};
  return place.name[0] ? facts_of(place.parent, place.name, AT_SYMLINK_NOFOLLOW) : facts_of_fd(place.parent);
}

static void note(struct record record, const char *name, const char *name2, const void *data, size_t data_bytes) {
  if (trace_fd < 0) return;
  int error = errno;
  record.name_bytes = name ? strlen(name) : 0;
  record.name2_bytes = name2 ? strlen(name2) : 0;
  record.data_bytes = data_bytes;
  record.pid = getpid();
  record.total_bytes = sizeof record + record.name_bytes + record.name2_bytes + data_bytes;
  struct iovec parts[] = {{&record, sizeof record}, {(void *)name, record.name_bytes}, {(void *)name2, record.name2_bytes},
                          {(void *)data, data_bytes}};
  for (int at = 0; at < 4;) {
    long written = raw(SYS_writev, trace_fd, (long)(parts + at), 4 - at, 0, 0, 0);
    if (written < 0) abort();
    while (at < 4 && (size_t)written >= parts[at].iov_len) written -= parts[at++].iov_len;
    if (at < 4) parts[at].iov_base = (char *)parts[at].iov_base + written, parts[at].iov_len -= written;
  }
  errno = error;
}

static void die(void) {
  raw(SYS_kill, getpid(), SIGKILL, 0, 0, 0, 0);
  for (;;) pause();
}

/* To be called where a watched change is about to be made. Returns 1 where half of it is, and then the end. */
static int count(int is_write) {
  if (kill_at <= 0) return 0;
  if (atomic_fetch_add(&changes, 1) + 1 != kill_at) return 0;
  if (is_write && kill_half) return 1;
  die();
  return 0;
}

/* --- names --- */

static int open_with(int (*opens)(int, const char *, int, mode_t), int dirfd, const char *path, int flags, mode_t mode) {
  struct place place = {.parent = -1};
  int may_change = (flags & O_CREAT) || (flags & O_TRUNC);
  if (may_change && (flags & O_TMPFILE) != O_TMPFILE) place = find_place(dirfd, path);
  if (place.parent < 0) return opens(dirfd, path, flags, mode);
  lock();
  struct facts before = facts_at(place);
  struct statx stats;
  int error = errno;
  int had_bytes = before.ino && raw_statx(place.parent, place.name, AT_SYMLINK_NOFOLLOW, &stats) == 0 && stats.stx_size > 0;
  errno = error;
  int changes_it = (!before.ino && (flags & O_CREAT)) || (had_bytes && (flags & O_TRUNC) && S_ISREG(before.mode) && !((flags & O_CREAT) && (flags & O_EXCL)));
  if (changes_it) count(0);
  int fd = opens(dirfd, path, flags, mode);
  if (fd >= 0 && changes_it) {
    struct facts after = facts_of_fd(fd);
    if (!before.ino) note((struct record){.op = CREATE, .it = after, .parent = facts_of_fd(place.parent)}, place.name, NULL, NULL, 0);
    else note((struct record){.op = TRUNCATE, .it = after}, NULL, NULL, NULL, 0);
  }
  unlock();
  leave(place);
  return fd;
}

static int raw_open(int dirfd, const char *path, int flags, mode_t mode) {
  if (boot && path && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0) path = boot;
  return (int)raw(SYS_openat, dirfd, (long)path, flags, mode, 0, 0);
}

static mode_t mode_of(int flags, va_list list) { return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t) : 0; }

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list list; \
    va_start(list, flags); \
    mode_t mode = mode_of(flags, list); \
    va_end(list); \
    return open_with(raw_open, AT_FDCWD, path, flags, mode); \
  }
#define OPENAT(name) \
  int name(int dirfd, const char *path, int flags, ...) { \
    va_list list; \
    va_start(list, flags); \
    mode_t mode = mode_of(flags, list); \
    va_end(list); \
    return open_with(raw_open, dirfd, path, flags, mode); \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
int creat(const char *path, mode_t mode) { return open_with(raw_open, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

/* A change of one name: `act` is the call itself, `record` what is noted of it. */
#define NAME_CHANGE(place, op_, data, data_bytes, act) \
  do { \
    if ((place).parent < 0) return act; \
    lock(); \
    struct facts before = facts_at(place); \
    count(0); \
    int result = act; \
    if (result == 0) { \
      struct facts it = facts_at(place); \
      note((struct record){.op = op_, .it = it.ino ? it : before, .parent = facts_of_fd((place).parent)}, (place).name, NULL, data, data_bytes); \
    } \
    unlock(); \
    leave(place); \
    return result; \
  } while (0)

int mkdirat(int dirfd, const char *path, mode_t mode) {
  struct place place = find_place(dirfd, path);
  NAME_CHANGE(place, MKDIR, NULL, 0, (int)raw(SYS_mkdirat, dirfd, (long)path, mode, 0, 0, 0));
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

char *mkdtemp(char *template) {
  REAL(char *, mkdtemp, char *);
  struct place place = find_place(AT_FDCWD, template);
  leave(place);
  if (place.parent < 0) return real(template);
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  size_t length = strlen(template);
  for (;;) {
    for (size_t at = length - 6; at < length; at++) template[at] = letters[(unsigned)random() % 36];
    if (mkdir(template, 0700) == 0) return template;
    if (errno != EEXIST) return NULL;
    srandom(getpid() ^ (unsigned)time(NULL));
  }
}

int symlinkat(const char *target, int dirfd, const char *path) {
  struct place place = find_place(dirfd, path);
  NAME_CHANGE(place, SYMLINK, target, strlen(target), (int)raw(SYS_symlinkat, (long)target, dirfd, (long)path, 0, 0, 0));
}
int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }

int mknodat(int dirfd, const char *path, mode_t mode, dev_t device) {
  struct place place = find_place(dirfd, path);
  /* The model knows no devices. */
  if (place.parent >= 0 && !S_ISFIFO(mode)) abort();
  NAME_CHANGE(place, FIFO, NULL, 0, (int)raw(SYS_mknodat, dirfd, (long)path, mode, device, 0, 0));
}
int mknod(const char *path, mode_t mode, dev_t device) { return mknodat(AT_FDCWD, path, mode, device); }
int mkfifoat(int dirfd, const char *path, mode_t mode) { return mknodat(dirfd, path, mode | S_IFIFO, 0); }
int mkfifo(const char *path, mode_t mode) { return mkfifoat(AT_FDCWD, path, mode); }
/* What programs call that were built for a glibc before 2.33. */
int __xmknodat(int version, int dirfd, const char *path, mode_t mode, dev_t *device) {
  (void)version;
  return mknodat(dirfd, path, mode, *device);
}
int __xmknod(int version, const char *path, mode_t mode, dev_t *device) { return __xmknodat(version, AT_FDCWD, path, mode, device); }

int linkat(int from_dirfd, const char *from, int dirfd, const char *path, int flags) {
  struct place place = find_place(dirfd, path);
  NAME_CHANGE(place, LINK, NULL, 0, (int)raw(SYS_linkat, from_dirfd, (long)from, dirfd, (long)path, flags, 0));
}
int link(const char *from, const char *path) { return linkat(AT_FDCWD, from, AT_FDCWD, path, 0); }

int unlinkat(int dirfd, const char *path, int flags) {
  struct place place = find_place(dirfd, path);
  NAME_CHANGE(place, flags & AT_REMOVEDIR ? RMDIR : UNLINK, NULL, 0, (int)raw(SYS_unlinkat, dirfd, (long)path, flags, 0, 0, 0));
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) { return unlink(path) == 0 || (errno == EISDIR && rmdir(path) == 0) ? 0 : -1; }

int renameat2(int from_dirfd, const char *from, int to_dirfd, const char *to, unsigned flags) {
  struct place source = find_place(from_dirfd, from), target = find_place(to_dirfd, to);
  if (source.parent < 0 && target.parent < 0) return (int)raw(SYS_renameat2, from_dirfd, (long)from, to_dirfd, (long)to, flags, 0);
  /* The model knows no exchange, and nothing that enters or leaves the folder. */
  if (flags & ~RENAME_NOREPLACE || source.parent < 0 || target.parent < 0) abort();
  lock();
  count(0);
  int result = (int)raw(SYS_renameat2, from_dirfd, (long)from, to_dirfd, (long)to, flags, 0);
  if (result == 0) {
    note((struct record){.op = RENAME, .it = facts_at(target), .parent = facts_of_fd(source.parent), .parent2 = facts_of_fd(target.parent)},
         source.name, target.name, NULL, 0);
  }
  unlock();
  leave(source);
  leave(target);
  return result;
}
int renameat(int from_dirfd, const char *from, int to_dirfd, const char *to) { return renameat2(from_dirfd, from, to_dirfd, to, 0); }
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

/* --- bytes --- */

static ssize_t write_parts(int fd, const struct iovec *parts, int parts_count, off_t position) {
  if (!is_watched(fd)) {
    if (position >= 0) return raw(SYS_pwritev, fd, (long)parts, parts_count, position, 0, 0);
    return raw(SYS_writev, fd, (long)parts, parts_count, 0, 0, 0);
  }
  size_t length = 0;
  for (int at = 0; at < parts_count; at++) length += parts[at].iov_len;
  char *bytes = malloc(length ? length : 1);
  size_t filled = 0;
  for (int at = 0; at < parts_count; at++) memcpy(bytes + filled, parts[at].iov_base, parts[at].iov_len), filled += parts[at].iov_len;
  lock();
  off_t at = position;
  if (position < 0) {
    struct stat stats;
    int appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
    at = appends && fstat(fd, &stats) == 0 ? stats.st_size : raw(SYS_lseek, fd, 0, SEEK_CUR, 0, 0, 0);
  }
  int half = count(1);
  size_t wanted = half ? length / 2 : length;
  ssize_t result = position >= 0 ? raw(SYS_pwrite64, fd, (long)bytes, wanted, position, 0, 0) : raw(SYS_write, fd, (long)bytes, wanted, 0, 0, 0);
  if (half) die();
  if (result > 0) note((struct record){.op = WRITE, .at = at, .it = facts_of_fd(fd)}, NULL, NULL, bytes, result);
  unlock();
  int error = errno;
  free(bytes);
  errno = error;
  return result;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (!watches() || !is_watched(fd)) return raw(SYS_write, fd, (long)bytes, length, 0, 0, 0);
  return write_parts(fd, &(struct iovec){(void *)bytes, length}, 1, -1);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t position) {
  if (!watches() || !is_watched(fd)) return raw(SYS_pwrite64, fd, (long)bytes, length, position, 0, 0);
  return write_parts(fd, &(struct iovec){(void *)bytes, length}, 1, position);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t position) { return pwrite64(fd, bytes, length, position); }
ssize_t writev(int fd, const struct iovec *parts, int parts_count) { return write_parts(fd, parts, parts_count, -1); }
ssize_t pwritev64(int fd, const struct iovec *parts, int parts_count, off64_t position) { return write_parts(fd, parts, parts_count, position); }
ssize_t pwritev(int fd, const struct iovec *parts, int parts_count, off_t position) { return write_parts(fd, parts, parts_count, position); }

int ftruncate64(int fd, off64_t size) {
  if (!is_watched(fd)) return (int)raw(SYS_ftruncate, fd, size, 0, 0, 0, 0);
  lock();
  count(0);
  int result = (int)raw(SYS_ftruncate, fd, size, 0, 0, 0, 0);
  if (result == 0) note((struct record){.op = TRUNCATE, .at = size, .it = facts_of_fd(fd)}, NULL, NULL, NULL, 0);
  unlock();
  return result;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int truncate64(const char *path, off64_t size) {
  int fd = raw_open(AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return -1;
  int result = ftruncate64(fd, size);
  raw(SYS_close, fd, 0, 0, 0, 0, 0);
  return result;
}
int truncate(const char *path, off_t size) { return truncate64(path, size); }

/* Bytes that the kernel has put into a file by itself are read back for the record. */
static void note_copied(int fd, off_t position, size_t length) {
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  int readable = raw_open(AT_FDCWD, name, O_RDONLY | O_CLOEXEC, 0);
  char *bytes = malloc(length ? length : 1);
  long read_bytes = raw(SYS_pread64, readable, (long)bytes, length, position, 0, 0);
  if (read_bytes != (long)length) abort();
  note((struct record){.op = WRITE, .at = position, .it = facts_of_fd(fd)}, NULL, NULL, bytes, length);
  free(bytes);
  raw(SYS_close, readable, 0, 0, 0, 0, 0);
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) {
  if (!is_watched(to)) return raw(SYS_sendfile, to, from, (long)offset, length, 0, 0);
  lock();
  count(0);
  off_t at = raw(SYS_lseek, to, 0, SEEK_CUR, 0, 0, 0);
  ssize_t result = raw(SYS_sendfile, to, from, (long)offset, length, 0, 0);
  if (result > 0) note_copied(to, at, result);
  unlock();
  return result;
}
ssize_t sendfile(int to, int from, off_t *offset, size_t length) { return sendfile64(to, from, offset, length); }

ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags) {
  if (!is_watched(to)) return raw(SYS_copy_file_range, from, (long)from_offset, to, (long)to_offset, length, flags);
  lock();
  count(0);
  off_t at = to_offset ? *to_offset : raw(SYS_lseek, to, 0, SEEK_CUR, 0, 0, 0);
  ssize_t result = raw(SYS_copy_file_range, from, (long)from_offset, to, (long)to_offset, length, flags);
  if (result > 0) note_copied(to, at, result);
  unlock();
  return result;
}

int ioctl(int fd, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  long argument = va_arg(list, long);
  va_end(list);
  if (request != FICLONE || !is_watched(fd)) return (int)raw(SYS_ioctl, fd, request, argument, 0, 0, 0);
  lock();
  count(0);
  int result = (int)raw(SYS_ioctl, fd, request, argument, 0, 0, 0);
  struct stat stats;
  if (result == 0 && fstat(fd, &stats) == 0) note_copied(fd, 0, stats.st_size);
  unlock();
  return result;
}

/* --- what an inode says of its file --- */

/* `attribute` and `value`: of an extended attribute that is changed, else NULL. */
#define INODE_CHANGE(fd, op_, attribute, value, value_bytes, act) \
  do { \
    lock(); \
    count(0); \
    int result = act; \
    if (result == 0) note((struct record){.op = op_, .it = facts_of_fd(fd)}, attribute, NULL, value, value_bytes); \
    unlock(); \
    return result; \
  } while (0)
#define META_CHANGE(fd, act) INODE_CHANGE(fd, META, NULL, NULL, 0, act)

int fchmod(int fd, mode_t mode) {
  if (!is_watched(fd)) return (int)raw(SYS_fchmod, fd, mode, 0, 0, 0, 0);
  META_CHANGE(fd, (int)raw(SYS_fchmod, fd, mode, 0, 0, 0, 0));
}
int fchown(int fd, uid_t uid, gid_t gid) {
  if (!is_watched(fd)) return (int)raw(SYS_fchown, fd, uid, gid, 0, 0, 0);
  META_CHANGE(fd, (int)raw(SYS_fchown, fd, uid, gid, 0, 0, 0));
}
int futimens(int fd, const struct timespec times[2]) {
  if (!is_watched(fd)) return (int)raw(SYS_utimensat, fd, 0, (long)times, 0, 0, 0);
  META_CHANGE(fd, (int)raw(SYS_utimensat, fd, 0, (long)times, 0, 0, 0));
}

/* By path: a descriptor that only names the inode says whether and of which, through `/proc/self/fd` links too. */
#define INODE_CHANGE_BY_PATH(dirfd, path, nofollow, op_, attribute, value, value_bytes, act) \
  do { \
    if (!watches()) return act; \
    int error = errno; \
    int named = raw_open(dirfd, path, O_PATH | O_CLOEXEC | ((nofollow) ? O_NOFOLLOW : 0), 0); \
    errno = error; \
    if (named < 0 || !is_below(named, NULL)) { \
      if (named >= 0) raw(SYS_close, named, 0, 0, 0, 0, 0); \
      errno = error; \
      return act; \
    } \
    lock(); \
    count(0); \
    int result = act; \
    if (result == 0) note((struct record){.op = op_, .it = facts_of_fd(named)}, attribute, NULL, value, value_bytes); \
    unlock(); \
    error = errno; \
    raw(SYS_close, named, 0, 0, 0, 0, 0); \
    errno = error; \
    return result; \
  } while (0)
#define META_BY_PATH(dirfd, path, nofollow, act) INODE_CHANGE_BY_PATH(dirfd, path, nofollow, META, NULL, NULL, 0, act)

int fchmodat(int dirfd, const char *path, mode_t mode, int flags) {
  (void)flags;
  META_BY_PATH(dirfd, path, 0, (int)raw(SYS_fchmodat, dirfd, (long)path, mode, 0, 0, 0));
}
int chmod(const char *path, mode_t mode) { return fchmodat(AT_FDCWD, path, mode, 0); }
int lchmod(const char *path, mode_t mode) { return fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW); }
int fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags) {
  META_BY_PATH(dirfd, path, flags & AT_SYMLINK_NOFOLLOW, (int)raw(SYS_fchownat, dirfd, (long)path, uid, gid, flags, 0));
}
int chown(const char *path, uid_t uid, gid_t gid) { return fchownat(AT_FDCWD, path, uid, gid, 0); }
int lchown(const char *path, uid_t uid, gid_t gid) { return fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW); }
int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags) {
  META_BY_PATH(dirfd, path, flags & AT_SYMLINK_NOFOLLOW, (int)raw(SYS_utimensat, dirfd, (long)path, (long)times, flags, 0, 0));
}
int utimes(const char *path, const struct timeval times[2]) {
  if (!times) return utimensat(AT_FDCWD, path, NULL, 0);
  struct timespec exact[2] = {{times[0].tv_sec, times[0].tv_usec * 1000}, {times[1].tv_sec, times[1].tv_usec * 1000}};
  return utimensat(AT_FDCWD, path, exact, 0);
}

/* --- extended attributes --- */

#define SET_BY_PATH(name, nofollow, number) \
  int name(const char *path, const char *attribute, const void *value, size_t size, int flags) { \
    INODE_CHANGE_BY_PATH(AT_FDCWD, path, nofollow, SET_XATTR, attribute, value, size, \
                         (int)raw(number, (long)path, (long)attribute, (long)value, size, flags, 0)); \
  }
SET_BY_PATH(setxattr, 0, SYS_setxattr)
SET_BY_PATH(lsetxattr, 1, SYS_lsetxattr)
int fsetxattr(int fd, const char *attribute, const void *value, size_t size, int flags) {
  if (!is_watched(fd)) return (int)raw(SYS_fsetxattr, fd, (long)attribute, (long)value, size, flags, 0);
  INODE_CHANGE(fd, SET_XATTR, attribute, value, size, (int)raw(SYS_fsetxattr, fd, (long)attribute, (long)value, size, flags, 0));
}

/* Programs remove attributes that are not there, to be sure: that is no change. */
#define REMOVE_BY_PATH(name, nofollow, number, get) \
  int name(const char *path, const char *attribute) { \
    if (watches() && raw(get, (long)path, (long)attribute, 0, 0, 0, 0) < 0 && errno == ENODATA) return -1; \
    INODE_CHANGE_BY_PATH(AT_FDCWD, path, nofollow, REMOVE_XATTR, attribute, NULL, 0, \
                         (int)raw(number, (long)path, (long)attribute, 0, 0, 0, 0)); \
  }
REMOVE_BY_PATH(removexattr, 0, SYS_removexattr, SYS_getxattr)
REMOVE_BY_PATH(lremovexattr, 1, SYS_lremovexattr, SYS_lgetxattr)
int fremovexattr(int fd, const char *attribute) {
  if (!is_watched(fd)) return (int)raw(SYS_fremovexattr, fd, (long)attribute, 0, 0, 0, 0);
  if (raw(SYS_fgetxattr, fd, (long)attribute, 0, 0, 0, 0) < 0 && errno == ENODATA) return -1;
  INODE_CHANGE(fd, REMOVE_XATTR, attribute, NULL, 0, (int)raw(SYS_fremovexattr, fd, (long)attribute, 0, 0, 0, 0));
}

/* --- durability: noted, and not done --- */

static int make_durable(int fd, enum op op) {
  lock();
  count(0);
  char path[PATH_MAX + 16] = "";
  is_below(fd, path);
  note((struct record){.op = op, .it = facts_of_fd(fd)}, op == SYNCFS ? path + root_bytes : NULL, NULL, NULL, 0);
  unlock();
  return 0;
}

static int is_ours(int fd) { return root_bytes > 0 && is_below(fd, NULL); }

int fsync(int fd) { return is_ours(fd) ? make_durable(fd, FSYNC) : (int)raw(SYS_fsync, fd, 0, 0, 0, 0, 0); }
int fdatasync(int fd) { return is_ours(fd) ? make_durable(fd, FDATASYNC) : (int)raw(SYS_fdatasync, fd, 0, 0, 0, 0, 0); }
int syncfs(int fd) { return is_ours(fd) ? make_durable(fd, SYNCFS) : (int)raw(SYS_syncfs, fd, 0, 0, 0, 0, 0); }

/* --- stat, as it is to be --- */

int statx(int dirfd, const char *restrict path, int flags, unsigned mask, struct statx *restrict into) {
  int result = (int)raw(SYS_statx, dirfd, (long)path, flags, mask | STATX_BTIME, (long)into, 0);
  if (result == 0) disguise(into);
  return result;
}

/* libuv makes some calls by their number. */
long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
  long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
  va_end(list);
  switch (number) {
    case SYS_statx:
      return statx((int)a, (const char *)b, (int)c, (unsigned)d, (struct statx *)e);
    case SYS_pwritev:
      return write_parts((int)a, (const struct iovec *)b, (int)c, d);
    case SYS_copy_file_range:
      return copy_file_range((int)a, (off64_t *)b, (int)c, (off64_t *)d, (size_t)e, (unsigned)f);
    case SYS_renameat2:
      return renameat2((int)a, (const char *)b, (int)c, (const char *)d, (unsigned)e);
    default:
      return raw(number, a, b, c, d, e, f);
  }
}

/* --- the time of day, as `Date` has it --- */

int gettimeofday(struct timeval *restrict into, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  *into = (struct timeval){now.tv_sec - days_ago * 24 * 60 * 60, now.tv_nsec / 1000};
  return 0;
}
