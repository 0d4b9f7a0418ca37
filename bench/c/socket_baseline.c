/*
 * The floor that Culvert's transports are measured against: two processes, one connected stream, blocking read and
 * write, nothing else. Usage: socket_baseline pingpong|stream unix|tcp SIZE SECONDS
 * Prints: pingpong: p50_us p99_us p999_us   stream: messages_per_s mb_per_s
 * Exits with 1 when a byte is wrong.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCH_BYTES (64 * 1024)
#define SAMPLES_MAX (4 * 1024 * 1024)

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int is_tcp;

/* Two connected ends. */
static int connect_pair(int fds[2])
{
    if (!is_tcp) return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 1) != 0) return -1;
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0) return -1;
    fds[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fds[0], (struct sockaddr *)&address, length) != 0) return -1;
    fds[1] = accept(listener, NULL, NULL);
    close(listener);
    for (int i = 0; i < 2; i++) setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fds[1] < 0 ? -1 : 0;
}

static int read_all(int fd, unsigned char *buffer, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t n = read(fd, buffer + at, size - at);
        if (n <= 0) return 0;
        at += (size_t)n;
    }
    return 1;
}

static int write_all(int fd, const unsigned char *buffer, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t n = write(fd, buffer + at, size - at);
        if (n <= 0) return 0;
        at += (size_t)n;
    }
    return 1;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fill(unsigned char *message, size_t size, uint64_t number)
{
    for (size_t i = 8; i < size; i++) message[i] = (unsigned char)(i * 31);
    memcpy(message, &number, 8);
}

static int pingpong(size_t size, double seconds)
{
    int fds[2];
    if (connect_pair(fds) != 0) return 1;
    unsigned char *out = malloc(size), *in = malloc(size);
    if (fork() == 0) {
        close(fds[0]); /* Or this process itself would keep the connection open. */
        while (read_all(fds[1], in, size) && write_all(fds[1], in, size)) { }
        _exit(0);
    }
    close(fds[1]);
    double *samples = malloc(sizeof(double) * SAMPLES_MAX);
    size_t count = 0;
    double start = now_us(), warm = start + 0.3e6, end = warm + seconds * 1e6;
    fill(out, size, 0);
    for (uint64_t number = 0; ; number++) {
        memcpy(out, &number, 8);
        double before = now_us();
        if (before >= end || count == SAMPLES_MAX) break;
        if (!write_all(fds[0], out, size) || !read_all(fds[0], in, size)) return 1;
        double after = now_us();
        if (memcmp(in, out, size) != 0) return 1;
        if (before >= warm) samples[count++] = after - before;
    }
    close(fds[0]);
    wait(NULL);
    qsort(samples, count, sizeof(double), compare);
    printf("%.3f %.3f %.3f\n", samples[count / 2], samples[count * 99 / 100], samples[count * 999 / 1000]);
    return 0;
}

static int stream(size_t size, double seconds)
{
    int fds[2];
    if (connect_pair(fds) != 0) return 1;
    size_t per_batch = BATCH_BYTES / size > 0 ? BATCH_BYTES / size : 1;
    unsigned char *batch = malloc(per_batch * size), *expected = malloc(size);
    fill(expected, size, 0);
    if (fork() == 0) {
        close(fds[0]);
        uint64_t number = 0;
        while (read_all(fds[1], batch, per_batch * size)) {
            for (size_t i = 0; i < per_batch; i++, number++) {
                memcpy(expected, &number, 8);
                if (memcmp(batch + i * size, expected, size) != 0) _exit(1);
            }
        }
        _exit(write_all(fds[1], (unsigned char *)&number, 8) ? 0 : 1);
    }
    close(fds[1]);
    uint64_t number = 0, received = 0;
    double start = now_us();
    while (now_us() - start < seconds * 1e6) {
        for (size_t i = 0; i < per_batch; i++, number++) {
            memcpy(expected, &number, 8);
            memcpy(batch + i * size, expected, size);
        }
        if (!write_all(fds[0], batch, per_batch * size)) return 1;
    }
    shutdown(fds[0], SHUT_WR);
    if (!read_all(fds[0], (unsigned char *)&received, 8) || received != number) return 1;
    double took = (now_us() - start) / 1e6;
    int status = 0;
    wait(&status);
    if (status != 0) return 1;
    printf("%.1f %.3f\n", number / took, number * (double)size / took / 1e6);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 5) return 2;
    is_tcp = strcmp(argv[2], "tcp") == 0;
    size_t size = strtoul(argv[3], NULL, 10);
    double seconds = atof(argv[4]);
    if (size < 8) return 2;
    return strcmp(argv[1], "pingpong") == 0 ? pingpong(size, seconds) : stream(size, seconds);
}
