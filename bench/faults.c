/* Counts the calls by which a process changes files or speaks to a server, and at the n-th of them kills it or tells it that the disk is full.
 *
 * For bench/crash.py, which loads it with LD_PRELOAD: `faults_arm(n, how)` begins, `faults_count()` tells how many calls there were.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum { OFF, COUNT, KILL, FULL };
static long calls, at;
static int how = OFF;

void faults_arm(long n, int what) { calls = 0; at = n; how = what; }
long faults_count(void) { return calls; }

/* Whether the call fails for want of room; `writes` is whether it takes any. */
static int fault(int writes) {
    if (how == OFF || (how == FULL && !writes)) return 0;
    calls++;
    if (how == KILL && calls == at) kill(getpid(), SIGKILL);
    return how == FULL && calls >= at;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define NO_ROOM do { errno = ENOSPC; return -1; } while (0)

ssize_t write(int f, const void *b, size_t n) { REAL(write); if (fault(1)) NO_ROOM; return real(f, b, n); }
ssize_t pwrite(int f, const void *b, size_t n, off_t o) { REAL(pwrite); if (fault(1)) NO_ROOM; return real(f, b, n, o); }
ssize_t pwrite64(int f, const void *b, size_t n, off64_t o) { REAL(pwrite64); if (fault(1)) NO_ROOM; return real(f, b, n, o); }
int fsync(int f) { REAL(fsync); fault(0); return real(f); }
int fdatasync(int f) { REAL(fdatasync); fault(0); return real(f); }
int ftruncate(int f, off_t n) { REAL(ftruncate); fault(0); return real(f, n); }
int ftruncate64(int f, off64_t n) { REAL(ftruncate64); fault(0); return real(f, n); }
int rename(const char *a, const char *b) { REAL(rename); fault(0); return real(a, b); }
int link(const char *a, const char *b) { REAL(link); fault(0); return real(a, b); }
int unlink(const char *a) { REAL(unlink); fault(0); return real(a); }
ssize_t send(int f, const void *b, size_t n, int flags) { REAL(send); fault(0); return real(f, b, n, flags); }
