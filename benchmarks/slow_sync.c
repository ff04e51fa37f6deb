/* How long does everything take on a disk that is slow to say that something is really written?
   LD_PRELOAD this: every fsync and fdatasync takes SLOW_SYNC_US microseconds longer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int after_a_while(const char *name, int fd) {
    const char *micros = getenv("SLOW_SYNC_US");
    if (micros) usleep((useconds_t)atoi(micros));
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(fd);
}

int fsync(int fd) { return after_a_while("fsync", fd); }
int fdatasync(int fd) { return after_a_while("fdatasync", fd); }
