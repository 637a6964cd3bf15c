namespace Ovms.Benchmarks;

/// <summary>How the figures came about and how to get them again.</summary>
internal static class Explanation
{
    public static IEnumerable<string> Lines =>
    [
        "",
        "## How it is measured",
        "",
        "One program runs everything in one go: the direct call in its own process, the published binary beside it, and for every way one",
        "caller who sends the next request when the answer is there. The ways take turns in rounds. Every way's answer is first compared",
        "with the direct call's, byte by byte. *Added* is the difference of the percentiles to the direct call. The gRPC client is",
        "Grpc.Net.Client over ready-made bytes; the row with the fixed answer (the load tool's echo, where `../shared/bin/loadgen` is at hand)",
        "is what client, transport and a server that does nothing cost together. The REST client writes and reads its socket itself.",
        "",
        "The first answer is timed from just before exec until the answer of an inference has been read; the client waits for the server's",
        "line that it is ready instead of asking again and again. The plain C program (`../shared/bin/raw.c`, where at hand) reads, compiles and",
        "infers once over the same C API: the floor.",
        "",
        "Reloads: one gRPC caller calls a model without a pause while every second round config.json changes (a second model comes, changes its",
        "settings, goes) and `POST /v1/config/reload` is awaited; the quiet rounds between them are the comparison.",
        "",
        "Repeat: `./build.sh bench` (`--rounds N`, `--starts N`, `--reloads N`); single steps of a call: `./build.sh bench --micro`.",
    ];
}
