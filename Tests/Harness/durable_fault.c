// Loaded before a process (LD_PRELOAD): the n-th durable call on a file of one folder fails, once.
//
//   FAULT_FOLDER  only files below it count
//   FAULT_AT      which of them fails, from 1
//   FAULT_MARK    a file that is made when it does, with the call and the file's name in it
//
// fsync and fdatasync fail with EIO; pwrite fails with ENOSPC or, each second time, writes half and says so.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static int is_its_turn(int fd, const char *name) {
    const char *folder = getenv("FAULT_FOLDER"), *at = getenv("FAULT_AT"), *mark = getenv("FAULT_MARK");
    if (!folder || !at || !mark) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0) return 0;
    if (atomic_fetch_add(&calls, 1) + 1 != atol(at)) return 0;
    int out = open(mark, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (out >= 0) {
        dprintf(out, "%s %s\n", name, path);
        close(out);
    }
    return 1;
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    if (is_its_turn(fd, "fsync")) { errno = EIO; return -1; }
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    if (is_its_turn(fd, "fdatasync")) { errno = EIO; return -1; }
    return real(fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    if (is_its_turn(fd, "pwrite")) {
        const char *at = getenv("FAULT_AT");
        if (atol(at) % 2 == 0 && count > 1) return real(fd, bytes, count / 2, offset);
        errno = ENOSPC;
        return -1;
    }
    return real(fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }
