import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/* A library that is loaded before all others and shifts the time of day, as a clock that is set does. Files' times stay the kernel's. */

const source = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift(void) {
  const char *file = getenv("SHIFTED_CLOCK");
  char text[32] = "";
  int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return 0;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  return length > 0 ? atol(text) : 0;
}

int clock_gettime(clockid_t id, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(id, now);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) now->tv_sec += shift();
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  static int (*real)(struct timeval *, void *);
  if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(now, zone);
  if (result == 0) now->tv_sec += shift();
  return result;
}

time_t time(time_t *into) {
  struct timeval now;
  gettimeofday(&now, 0);
  if (into) *into = now.tv_sec;
  return now.tv_sec;
}
`;

export class ShiftedClock {
  /** What a process needs to have this clock. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #shift: string;

  /** @param directory where the library and the shift are to lie */
  static compile(directory: string): ShiftedClock {
    const [code, library] = [join(directory, 'shifted-clock.c'), join(directory, 'shifted-clock.so')];
    writeFileSync(code, source);
    const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, code, '-ldl'], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the C compiler says: ${stderr}`);
    return new ShiftedClock(library, join(directory, 'shift'));
  }

  private constructor(library: string, shift: string) {
    this.#shift = shift;
    this.environment = { LD_PRELOAD: library, SHIFTED_CLOCK: shift };
    this.set(0);
  }

  /** From now on the clock is so far from the true time. */
  set(seconds: number): void {
    writeFileSync(this.#shift, String(seconds));
  }
}
