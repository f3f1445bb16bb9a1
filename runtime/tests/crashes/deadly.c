/* Counts the calls by which a process changes the files of a folder, and kills it at one of them.
 *
 * Loaded before the C library. UNDYING_DEADLY_FOLDER is the folder; UNDYING_DEADLY_AT the number of
 * the moment at which the process gets SIGKILL, 0 for none; UNDYING_DEADLY_TRACE a file that gets a
 * line for each moment. Each call has a moment before and one after it, a write also one when half of
 * it is written.
 *
 * Nothing is synced: what the system was handed survives a kill, and tries stay cheap.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[4096];
static size_t folder_bytes;
static long deadly;
static int trace = -1;
static atomic_long moments;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("UNDYING_DEADLY_FOLDER");
    const char *at = getenv("UNDYING_DEADLY_AT");
    const char *into = getenv("UNDYING_DEADLY_TRACE");
    if (at) deadly = atol(at);
    if (into) trace = REAL(open)(into, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (path && realpath(path, folder)) folder_bytes = strlen(folder);
}

/* What of a path is inside the folder, if it is. */
static const char *inside(const char *path) {
    if (folder_bytes == 0 || strncmp(path, folder, folder_bytes) != 0) return NULL;
    return path[folder_bytes] == '/' ? path + folder_bytes + 1 : NULL;
}

static const char *file_inside(int fd, char *path, size_t size) {
    char link[32];
    if (folder_bytes == 0 || fd < 3) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t bytes = readlink(link, path, size - 1);
    if (bytes < 0) return NULL;
    path[bytes] = 0;
    return inside(path);
}

static int comes(const char *what, const char *name) {
    long now = atomic_fetch_add(&moments, 1) + 1;
    if (trace >= 0) dprintf(trace, "%ld %s %s\n", now, what, name);
    return now == deadly;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static void moment(const char *what, const char *name) {
    if (comes(what, name)) die();
}

#define AROUND(type, what, name, call)                                                             \
    do {                                                                                           \
        if (!(name)) return call;                                                                  \
        moment("before " what, name);                                                              \
        type done = call;                                                                          \
        moment("after " what, name);                                                               \
        return done;                                                                               \
    } while (0)

#define FILE_INSIDE(fd)                                                                            \
    char path_[4096];                                                                              \
    const char *name = file_inside(fd, path_, sizeof path_)

ssize_t write(int fd, const void *bytes, size_t size) {
    FILE_INSIDE(fd);
    if (name && size > 1) {
        moment("before write", name);
        if (comes("half of write", name)) {
            REAL(write)(fd, bytes, size / 2);
            die();
        }
        ssize_t done = REAL(write)(fd, bytes, size);
        moment("after write", name);
        return done;
    }
    AROUND(ssize_t, "write", name, REAL(write)(fd, bytes, size));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    FILE_INSIDE(fd);
    AROUND(ssize_t, "writev", name, REAL(writev)(fd, parts, count));
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    FILE_INSIDE(fd);
    AROUND(ssize_t, "pwrite", name, REAL(pwrite64)(fd, bytes, size, at));
}

int ftruncate64(int fd, off64_t size) {
    FILE_INSIDE(fd);
    AROUND(int, "truncate", name, REAL(ftruncate64)(fd, size));
}

int fsync(int fd) {
    FILE_INSIDE(fd);
    if (!name) return REAL(fsync)(fd);
    AROUND(int, "fsync", name, 0);
}

int fdatasync(int fd) {
    FILE_INSIDE(fd);
    if (!name) return REAL(fdatasync)(fd);
    AROUND(int, "fdatasync", name, 0);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    const char *name = flags & (O_CREAT | O_TRUNC) ? inside(path) : NULL;
    AROUND(int, "create", name, REAL(open64)(path, flags, mode));
}

int mkdir(const char *path, mode_t mode) {
    const char *name = inside(path);
    AROUND(int, "mkdir", name, REAL(mkdir)(path, mode));
}

int rename(const char *from, const char *to) {
    const char *name = inside(to);
    AROUND(int, "rename", name, REAL(rename)(from, to));
}

int unlink(const char *path) {
    const char *name = inside(path);
    AROUND(int, "unlink", name, REAL(unlink)(path));
}

int unlinkat(int fd, const char *path, int flags) {
    char path_[4096];
    const char *name = file_inside(fd, path_, sizeof path_) ? path : NULL;
    AROUND(int, "unlink", name, REAL(unlinkat)(fd, path, flags));
}
