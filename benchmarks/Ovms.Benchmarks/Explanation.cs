namespace Ovms.Benchmarks;

/// <summary>How the figures came about and how to get them again.</summary>
internal static class Explanation
{
    public static IEnumerable<string> Lines =>
    [
        "",
        "## How it is measured",
        "",
        "Absolute figures drift with the machine; ratios within a run are what counts. Whatever is compared takes turns in rounds, one short",
        "turn each; each round gives one ratio, and told are the median of the rounds, the least and the greatest. Percentiles and rates are",
        "medians of the rounds'.",
        "",
        "- **Client**: `../shared/bin/loadgen`, a program of its own, beside the server on the same cores; one connection for each caller, the",
        "  next request when the answer is there. A failed call ends the run.",
        "- **Echo**: the same program as a gRPC server that answers every call with the server's own answer: what client and transport cost.",
        "- **Engine alone**: `../shared/bin/raw.c`, a C program over the same libraries with the same hint, as many infer requests in flight as",
        "  there are callers. Nothing is copied in or out.",
        "- **Engine alone while the echo is called at gRPC's rate**: the same program while client and echo exchange the same messages as",
        "  often a second as the server has just answered them. What is missing to 100 % of that is the server's own doing.",
        "- **Server's CPU µs/call**: of the server's process, with the engine in it, from the system's account.",
        "- resnet50's file leaves the batch open; server and engine get the same shape (1,3,224,224). The row *batch open* is a server without.",
        "- **glance** gives ten numbers of an input of 602,112 bytes: a server's time with such a request without the noise of an inference.",
        "- **602 KB**: p50 of the call less the inference's average by the server's own metrics, in echoes; beside it p50 less the engine's alone.",
        "- **JSON**: p50 of one caller less p50 of the engine alone, both on the same model. The client's sending is in it.",
        "- **Start**: from just before exec until the answer of an inference has been read; the client waits for the server's line that it is",
        "  ready instead of asking again and again. The C program reads, compiles and infers once and says so: the floor.",
        "- **Memory**: VmRSS, of the C program at its first result, of the server a second after it is ready and after calls of 8 callers.",
        "- **Allocation**: what the server's managed heap gave out for a call, as `ovms bench` tells it, the median of its turns; of all",
        "  numbers of callers the most.",
        "- **Health**: 100 calls a second, each measured from when it was due, while 8 callers of inference keep both cores busy. The echo",
        "  beside it tells how long such a call takes when the server has no part in it.",
        "- **Crowd**: 8 callers of dummy; half of the idle connections are HTTP/2, half HTTP/1.1, each after one call.",
        "- **Reloads**: one gRPC caller calls a model without a pause while every second round config.json changes (a second model comes, changes",
        "  its settings, goes) and `POST /v1/config/reload` is awaited; the quiet rounds between them are the comparison.",
        "",
        "Repeat: `./build.sh bench`, in short `./build.sh bench --quick`, in part `./build.sh bench --only start,memory`; single steps of a call:",
        "`./build.sh bench --micro`.",
    ];
}
