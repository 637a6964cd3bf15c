namespace Ovms.Benchmarks;

/// <summary>How the figures are measured, and how to repeat the run.</summary>
internal static class Explanation
{
    public static IEnumerable<string> Lines =>
    [
        "",
        "## How it is measured",
        "",
        "Absolute figures vary with the machine; compare the ratios within a run. What is compared takes short turns in rounds. Each",
        "round gives one ratio; the tables have the median of the rounds, the least and the greatest. Percentiles and rates are medians",
        "of the rounds'.",
        "",
        "- **Client**: `../shared/bin/loadgen`, a separate program beside the server on the same cores. Each caller has one connection",
        "  and sends the next request when it has the answer. A failed call ends the run.",
        "- **Echo**: the same program as a gRPC server that answers every call with the server's own answer: the cost of client and",
        "  transport.",
        "- **Engine alone**: `../shared/bin/raw.c`, a C program over the same libraries with the same hint, and as many infer requests",
        "  in flight as there are callers. Nothing is copied in or out.",
        "- **Engine alone while the echo is called at gRPC's rate**: the same program while client and echo exchange the same messages,",
        "  at the rate at which the server has just answered them. The difference to 100 % of that is the server's cost.",
        "- **Server's CPU µs/call**: CPU time of the server's process, including the engine, as the system reports it.",
        "- resnet50's file leaves the batch open; server and engine get the same shape (1,3,224,224). The row *batch open* is a server",
        "  without it.",
        "- **glance** computes ten numbers from an input of 602,112 bytes: the server's time for such a request without the noise of an",
        "  inference.",
        "- **602 KB**: p50 of the call less the average inference in the server's metrics, in echoes; beside it p50 less the engine's",
        "  alone.",
        "- **JSON**: p50 of one caller less p50 of the engine alone, both on the same model. It includes the client's sending.",
        "- **Start**: from just before exec until the answer of an inference has been read. The client waits for the server's log line",
        "  that it is ready, instead of polling. The C program reads, compiles and infers once and prints a line: the minimum.",
        "- **Memory**: VmRSS, of the C program at its first result, of the server a second after it is ready and after calls of 8",
        "  callers.",
        "- **Allocation**: bytes that the server's managed heap allocated for a call, as `ovms bench` reports, the median of its turns;",
        "  the highest of all numbers of callers.",
        "- **Health**: 100 calls a second, each measured from its scheduled time, while 8 callers of inference keep both cores busy. The",
        "  echo beside it shows the time of such a call without the server.",
        "- **Crowd**: 8 callers of dummy; half of the idle connections are HTTP/2, half HTTP/1.1, each after one call.",
        "- **Reloads**: one gRPC caller calls a model without a pause. In every second round config.json changes (a second model is",
        "  added, changes its settings, is removed), and the client waits for `POST /v1/config/reload` each time. The quiet rounds",
        "  between them are the comparison.",
        "",
        "Repeat: `./build.sh bench`, in short `./build.sh bench --quick`, in part `./build.sh bench --only start,memory`; single steps",
        "of a call: `./build.sh bench --micro`.",
    ];
}
