import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * A library that is loaded before all others and lets chosen system calls on chosen files fail, as a dying disk does.
 */

/** False where it can be compiled, else the reason: what `skip` of node:test takes. */
export const compilerMissing: string | false =
  spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0 ? false : 'there is no C compiler';

/** `sync` is fsync, fdatasync and syncfs. */
export type FailingCall = 'read' | 'write' | 'sync';

const source = String.raw`
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/uio.h>
#include <unistd.h>
#include <fcntl.h>

/* The rule: "CALL COUNT PART", where COUNT calls on files whose path holds PART fail yet; no file: none does. */
static int fails(const char *call, int fd) {
  const char *file = getenv("FAILING_CALLS");
  static int (*real_open)(const char *, int, ...);
  static ssize_t (*real_pread)(int, void *, size_t, off_t);
  static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
  if (!file || access(file, R_OK) != 0) return 0;
  if (!real_open) real_open = dlsym(RTLD_NEXT, "open");
  if (!real_pread) real_pread = dlsym(RTLD_NEXT, "pread");
  if (!real_pwrite) real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  char link[64], path[5000] = "", rule[600] = "", wanted[16], part[512] = "";
  long count = 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (readlink(link, path, sizeof path - 1) < 0) return 0;
  int descriptor = real_open(file, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return 0;
  flock(descriptor, LOCK_EX);
  int failing = 0;
  if (real_pread(descriptor, rule, sizeof rule - 1, 0) > 0 && sscanf(rule, "%15s %ld %511s", wanted, &count, part) == 3 &&
      strcmp(wanted, call) == 0 && count > 0 && strstr(path, part)) {
    failing = 1;
    int length = snprintf(rule, sizeof rule, "%s %09ld %s", wanted, count - 1, part);
    real_pwrite(descriptor, rule, length, 0);
  }
  close(descriptor);
  if (failing) errno = EIO;
  return failing;
}

#define FAILING(call, type, name, parameters, arguments)           \
  type name parameters {                                            \
    static type(*real) parameters;                                  \
    if (!real) real = dlsym(RTLD_NEXT, #name);                      \
    return fails(call, fd) ? -1 : real arguments;                   \
  }

FAILING("read", ssize_t, read, (int fd, void *b, size_t n), (fd, b, n))
FAILING("read", ssize_t, pread, (int fd, void *b, size_t n, off_t o), (fd, b, n, o))
FAILING("read", ssize_t, pread64, (int fd, void *b, size_t n, off64_t o), (fd, b, n, o))
FAILING("read", ssize_t, readv, (int fd, const struct iovec *v, int n), (fd, v, n))
FAILING("read", ssize_t, preadv, (int fd, const struct iovec *v, int n, off_t o), (fd, v, n, o))
FAILING("read", ssize_t, preadv64, (int fd, const struct iovec *v, int n, off64_t o), (fd, v, n, o))
FAILING("write", ssize_t, write, (int fd, const void *b, size_t n), (fd, b, n))
FAILING("write", ssize_t, pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o))
FAILING("write", ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o))
FAILING("write", ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
FAILING("write", ssize_t, pwritev, (int fd, const struct iovec *v, int n, off_t o), (fd, v, n, o))
FAILING("write", ssize_t, pwritev64, (int fd, const struct iovec *v, int n, off64_t o), (fd, v, n, o))
FAILING("sync", int, fsync, (int fd), (fd))
FAILING("sync", int, fdatasync, (int fd), (fd))
FAILING("sync", int, syncfs, (int fd), (fd))
`;

export class FailingCalls {
  /** What a process needs to be under its rule. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #rule: string;

  /** @param directory where the library and the rule are to lie */
  static compile(directory: string): FailingCalls {
    const [code, library] = [join(directory, 'failing-calls.c'), join(directory, 'failing-calls.so')];
    writeFileSync(code, source);
    const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, code, '-ldl'], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the C compiler says: ${stderr}`);
    return new FailingCalls(library, join(directory, 'failing-calls.rule'));
  }

  private constructor(library: string, rule: string) {
    this.environment = { LD_PRELOAD: library, FAILING_CALLS: rule };
    this.#rule = rule;
  }

  /** From now on the next so many calls fail on files whose path holds `part`, which has no spaces. */
  fail(call: FailingCall, part: string, count = 1_000_000): void {
    writeFileSync(this.#rule, `${call} ${String(count).padStart(9, '0')} ${part}`);
  }

  /** No call fails any more. Returns how many of the last rule did not. */
  mend(): number {
    const left = existsSync(this.#rule) ? Number(readFileSync(this.#rule, 'latin1').split(' ')[1]) : 0;
    rmSync(this.#rule, { force: true });
    return left;
  }
}
