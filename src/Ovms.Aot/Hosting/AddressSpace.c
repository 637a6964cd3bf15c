// Linked into the binary on Linux; the loader runs it before the runtime starts. The runtime creates its first threads before Main, and
// the C library reserves up to 128 MB of address space for each thread's heap. Under a limit on address space the runtime would then end
// the process without a message. With one shared heap the process reaches Main, which reports the shortage and allows more heaps again
// (SystemLimits.cs).
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

// The runtime does not reach Main with less (measured on two CPUs: 114 MB is enough, 110 MB is not).
static const rlim_t runtime_needs = 120000000;

// With more nothing is short: as in SystemLimits.cs.
static const rlim_t plenty = (rlim_t)64 << 30;

__attribute__((constructor)) static void share_one_heap(void)
{
    static const char message[] =
        "The limit of this process's address space (RLIMIT_AS, ulimit -v) is below 120 MB, too little for its runtime to start. "
        "Raise it, to 1 GB at least.\n";
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur >= plenty)
    {
        return;
    }

    if (limit.rlim_cur < runtime_needs)
    {
        // If the message cannot be written, the exit code still reports the failure.
        ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
        (void)written;
        _exit(1);
    }

    mallopt(M_ARENA_MAX, 1);
}
