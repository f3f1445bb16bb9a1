/* Makes system calls on the files below one folder fail: loaded before libc into a child process.
 *
 * FAULT_FOLDER  the folder
 * FAULT_CALL    the name of the call that fails, or none: then calls are only counted
 * FAULT_AT      which call of that name fails, from 1 on
 * FAULT_MODE    once, or ever: that call, or all from that one on
 * FAULT_HOW     an errno; or short: half is written and said to be; or torn: half is written, then EIO
 * FAULT_COUNTS  a file that is told each name, with a line for every call
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum how { NO = 0, SHORT = -1, TORN = -2 }; /* or an errno */

static atomic_long calls;

static int below(const char *path) {
    const char *folder = getenv("FAULT_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int below_fd(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof path - 1);
    if (len <= 0) return 0;
    path[len] = 0;
    return below(path);
}

static int fault(const char *name) {
    const char *counts = getenv("FAULT_COUNTS"), *call = getenv("FAULT_CALL");
    if (counts) {
        char line[64];
        int len = snprintf(line, sizeof line, "%s\n", name);
        int fd = syscall(SYS_openat, AT_FDCWD, counts, O_WRONLY | O_APPEND | O_CREAT, 0600);
        if (fd >= 0) { syscall(SYS_write, fd, line, len); syscall(SYS_close, fd); }
    }
    if (!call || strcmp(call, name) != 0) return NO;
    long at = atol(getenv("FAULT_AT")), now = atomic_fetch_add(&calls, 1) + 1;
    int ever = strcmp(getenv("FAULT_MODE"), "ever") == 0;
    if (now != at && !(ever && now > at)) return NO;
    const char *how = getenv("FAULT_HOW");
    return strcmp(how, "short") == 0 ? SHORT : strcmp(how, "torn") == 0 ? TORN : atoi(how);
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, #name)

/* Of a write of so many bytes: goes on with `len`, or gives up. */
#define WRITE(name, fd, len, half) do { \
    int how = below_fd(fd) ? fault(name) : NO; \
    if (how > 0) { errno = how; return -1; } \
    if (how == SHORT && (len) > 1) return half; \
    if (how == TORN) { if ((len) > 1) (void)!half; errno = EIO; return -1; } \
} while (0)

ssize_t write(int fd, const void *buf, size_t len) {
    REAL(ssize_t, write, int, const void *, size_t);
    WRITE("write", fd, len, real(fd, buf, len / 2));
    return real(fd, buf, len);
}

ssize_t pwrite64(int fd, const void *buf, size_t len, off_t at) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off_t);
    WRITE("pwrite", fd, len, real(fd, buf, len / 2, at));
    return real(fd, buf, len, at);
}

ssize_t writev(int fd, const struct iovec *iov, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    WRITE("writev", fd, count, real(fd, iov, count / 2));
    return real(fd, iov, count);
}

ssize_t pwritev64(int fd, const struct iovec *iov, int count, off_t at) {
    REAL(ssize_t, pwritev64, int, const struct iovec *, int, off_t);
    WRITE("pwritev", fd, count, real(fd, iov, count / 2, at));
    return real(fd, iov, count, at);
}

#define ON_FD(name, args, types, fd) \
int name types { \
    REAL(int, name, TYPES types); \
    int how = below_fd(fd) ? fault(#name) : NO; \
    if (how != NO) { errno = how > 0 ? how : EIO; return -1; } \
    return real args; \
}
#define TYPES(...) __VA_ARGS__
ON_FD(fsync, (fd), (int fd), fd)
ON_FD(fdatasync, (fd), (int fd), fd)
ON_FD(sync_file_range, (fd, at, len, flags), (int fd, off_t at, off_t len, unsigned flags), fd)
ON_FD(ftruncate64, (fd, len), (int fd, off_t len), fd)
ON_FD(fallocate64, (fd, mode, at, len), (int fd, int mode, off_t at, off_t len), fd)

#define ON_PATH(name, args, types, path) \
int name types { \
    REAL(int, name, TYPES types); \
    int how = below(path) ? fault(#name) : NO; \
    if (how != NO) { errno = how > 0 ? how : EIO; return -1; } \
    return real args; \
}
ON_PATH(rename, (from, to), (const char *from, const char *to), to)
ON_PATH(renameat, (a, from, b, to), (int a, const char *from, int b, const char *to), to)
ON_PATH(unlink, (path), (const char *path), path)
ON_PATH(mkdir, (path, mode), (const char *path, mode_t mode), path)

#define OPEN(...) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } \
    int how = below(path) ? fault("open") : NO; \
    if (how != NO) { errno = how > 0 ? how : EIO; return -1; } \
    return real(__VA_ARGS__, flags, mode)

int open64(const char *path, int flags, ...) {
    REAL(int, open64, const char *, int, ...);
    OPEN(path);
}

int openat64(int folder, const char *path, int flags, ...) {
    REAL(int, openat64, int, const char *, int, ...);
    OPEN(folder, path);
}
