// Linked into the binary on Linux and run by the loader before the runtime starts. The runtime makes its first threads before Main, and the
// C library reserves up to 128 MB of address space for the heap of each: under a limit on address space the runtime then ends the process
// without a word. Where the threads share one heap, Main is reached and says what is short; it allows more heaps again (SystemLimits.cs).
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

// With less the runtime does not reach Main (measured: 107 MB is enough on two CPUs, 104 is not).
static const rlim_t runtime_needs = 107000000;

// With more nothing is short: as in SystemLimits.cs.
static const rlim_t plenty = (rlim_t)64 << 30;

__attribute__((constructor)) static void share_one_heap(void)
{
    static const char told[] =
        "The limit of this process's address space (RLIMIT_AS, ulimit -v) is below 107 MB, too little for its runtime to start: raise it, to 1 GB at least.\n";
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur >= plenty)
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
