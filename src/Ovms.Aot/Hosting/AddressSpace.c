// Linked into the binary on Linux and run by the loader before the runtime starts. The runtime makes its first threads before Main, and the
// C library reserves up to 128 MB of address space for the heap of each: under a limit on address space the runtime then ends the process
// without a word. Where the threads share one heap, Main is reached and says what is short; it allows more heaps again (SystemLimits.cs).
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

// With less the runtime does not reach Main (measured: 107 MB is enough on two CPUs, 104 is not).
static const rlim_t runtime_needs = 107000000;

// With more nothing is short: as in SystemLimits.cs.
static const rlim_t much = (rlim_t)64 << 30;

__attribute__((constructor)) static void make_do(void)
{
    static const char told[] =
        "This process may have too few bytes of address space (RLIMIT_AS, ulimit -v) for its runtime to start: raise the limit.\n";
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur >= much)
    {
        return;
    }

    if (limit.rlim_cur < runtime_needs)
    {
        // Where nothing takes the sentence, the exit code is left.
        ssize_t written = write(STDERR_FILENO, told, sizeof told - 1);
        (void)written;
        _exit(1);
    }

    mallopt(M_ARENA_MAX, 1);
}
