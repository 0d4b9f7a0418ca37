/*
 * The floor that shared memory is measured against: two processes, memory that both have mapped, nothing else.
 * Usage: memory_baseline pingpong|stream|futex SIZE SECONDS [CPU CPU]
 *   pingpong  one place for each direction; the first eight bytes are published last, both sides spin on them
 *   stream    a ring of 1 MiB, one writer and one reader; every message is copied in and copied out
 *   futex     as pingpong, but both sides sleep on a futex until the other has published
 * CPU CPU     where the two processes run; anywhere by default
 * Prints: p50_us p99_us p999_us, or messages_per_s. Exits with 1 when a message is wrong.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES (1024 * 1024)
#define SAMPLES_MAX (8 * 1024 * 1024)
#define STOP UINT64_MAX
#if defined(__x86_64__)
#define RELAX() __builtin_ia32_pause()
#else
#define RELAX() atomic_signal_fence(memory_order_seq_cst)
#endif

struct place {
    _Alignas(128) _Atomic uint64_t number;
    unsigned char rest[];
};

struct ring {
    _Alignas(128) _Atomic uint64_t tail;
    _Alignas(128) _Atomic uint64_t head;
    _Alignas(128) _Atomic uint64_t received;
    _Alignas(128) unsigned char data[RING_BYTES];
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void *share(size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) exit(1);
    memset(at, 0, bytes);
    return at;
}

static void place_on(int cpu)
{
    if (cpu < 0) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0) exit(1);
}

static pid_t second_process(int cpu)
{
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        place_on(cpu);
    }
    return child;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int sleeps;

static uint64_t wait_for_other_than(struct place *place, uint64_t old)
{
    uint64_t number;
    while ((number = atomic_load_explicit(&place->number, memory_order_acquire)) == old) {
        if (sleeps) syscall(SYS_futex, &place->number, FUTEX_WAIT, (uint32_t)old, NULL, NULL, 0);
        else RELAX();
    }
    return number;
}

static void publish(struct place *place, const unsigned char *rest, size_t size, uint64_t number)
{
    memcpy(place->rest, rest, size - 8);
    atomic_store_explicit(&place->number, number, memory_order_release);
    if (sleeps) syscall(SYS_futex, &place->number, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int pingpong(size_t size, double seconds, int cpus[2])
{
    size_t bytes = (sizeof(struct place) + size + 127) & ~(size_t)127;
    struct place *there = share(2 * bytes), *back = (struct place *)((char *)there + bytes);
    unsigned char *message = malloc(size), *in = malloc(size);
    for (size_t i = 0; i < size; i++) message[i] = (unsigned char)(i * 31);
    if (second_process(cpus[1]) == 0) {
        uint64_t last = 0;
        while ((last = wait_for_other_than(there, last)) != STOP) {
            memcpy(in, there->rest, size - 8);
            publish(back, in, size, last);
        }
        _exit(0);
    }
    place_on(cpus[0]);
    double *samples = malloc(sizeof(double) * SAMPLES_MAX);
    size_t count = 0;
    double start = now_us(), warm = start + 0.3e6, end = warm + seconds * 1e6;
    for (uint64_t number = 1; ; number++) {
        double before = now_us();
        if (before >= end || count == SAMPLES_MAX) break;
        publish(there, message, size, number);
        uint64_t answer = wait_for_other_than(back, number - 1);
        memcpy(in, back->rest, size - 8);
        double after = now_us();
        if (answer != number || memcmp(in, message, size - 8) != 0) return 1;
        if (before >= warm) samples[count++] = after - before;
    }
    publish(there, message, size, STOP);
    wait(NULL);
    if (count == 0) return 1;
    qsort(samples, count, sizeof(double), compare);
    printf("%.3f %.3f %.3f\n", samples[count / 2], samples[count * 99 / 100], samples[count * 999 / 1000]);
    return 0;
}

static int stream(size_t size, double seconds, int cpus[2])
{
    struct ring *ring = share(sizeof(*ring));
    uint64_t slots = RING_BYTES / size;
    unsigned char *message = malloc(size);
    for (size_t i = 0; i < size; i++) message[i] = (unsigned char)(i * 31);
    if (second_process(cpus[1]) == 0) {
        unsigned char *in = malloc(size);
        uint64_t head = 0, tail = 0, number;
        for (uint64_t slot = 0; ; slot = slot + 1 == slots ? 0 : slot + 1) {
            while (head == tail) {
                tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
                if (head == tail) RELAX();
            }
            memcpy(in, ring->data + slot * size, size);
            memcpy(&number, in, 8);
            if (number == STOP) break;
            if (number != head || in[size - 1] != message[size - 1]) _exit(1);
            /* As seldom as the other side of the comparison does it. */
            if ((++head & (slots / 8 - 1)) == 0 || head == tail)
                atomic_store_explicit(&ring->head, head, memory_order_release);
        }
        atomic_store(&ring->received, head);
        _exit(0);
    }
    place_on(cpus[0]);
    uint64_t number = 0, head = 0;
    double start = now_us(), warm = start + 0.3e6, end = warm + seconds * 1e6, now;
    uint64_t first = 0;
    for (uint64_t slot = 0, stop = 0; !stop; number++, slot = slot + 1 == slots ? 0 : slot + 1) {
        if ((number & 1023) == 0) {
            now = now_us();
            if (first == 0 && now >= warm) { first = number + 1; start = now; }
            stop = now >= end;
        }
        while (number - head >= slots) {
            head = atomic_load_explicit(&ring->head, memory_order_acquire);
            if (number - head >= slots) RELAX();
        }
        uint64_t told = stop ? STOP : number;
        memcpy(message, &told, 8);
        memcpy(ring->data + slot * size, message, size);
        atomic_store_explicit(&ring->tail, number + 1, memory_order_release);
    }
    int status = 0;
    wait(&status);
    double took = (now_us() - start) / 1e6;
    if (status != 0 || atomic_load(&ring->received) != number - 1) return 1;
    printf("%.1f\n", (number - first) / took);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 6) return 2;
    size_t size = strtoul(argv[2], NULL, 10);
    double seconds = atof(argv[3]);
    int cpus[2] = { argc == 6 ? atoi(argv[4]) : -1, argc == 6 ? atoi(argv[5]) : -1 };
    if (size < 16 || size > RING_BYTES / 16) return 2;
    if (strcmp(argv[1], "stream") == 0) return stream(size, seconds, cpus);
    sleeps = strcmp(argv[1], "futex") == 0;
    return pingpong(size, seconds, cpus);
}
