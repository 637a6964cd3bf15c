namespace Ovms.Bench.Tuning;

/// <summary>The arrangements that are measured, the most promising ones first: the time may end before the last one. Pure.</summary>
internal static class ArrangementList
{
    private const string Latency = "LATENCY";
    private const string Throughput = "THROUGHPUT";

    // While a stream computes one call, the next call's inputs are set and an answer is read.
    private const int RequestsPerStream = 2;

    /// <summary>What the server does without further settings; always measured first.</summary>
    public static Arrangement First(TuneFacts facts) => new() { IsAdaptive = facts.CanAdapt };

    /// <summary>All others.</summary>
    public static IReadOnlyList<Arrangement> Others(TuneFacts facts)
    {
        // Every form with the most promising number of infer requests, then with the next one.
        Arrangement[] forms =
        [
            .. (facts.IsFormGiven ? [new Arrangement()] : Forms(facts))
                .SelectMany(form => WithRequests(form, facts).Select(static (arrangement, place) => (arrangement, place)))
                .OrderBy(static one => one.place).Select(static one => one.arrangement),
        ];
        IEnumerable<Arrangement> fixedBatch = forms.Select(static form => form with { BatchSize = 1 });

        // A fixed batch is faster wherever it is possible: its forms come before the same ones of an open batch.
        IEnumerable<Arrangement> all = facts.IsBatchOpen
            ?
            [
                .. facts.CanAdapt ? (Arrangement[])[new(BatchSize: 1) { IsAdaptive = true }] : [],
                .. fixedBatch.Zip(forms, Pair).SelectMany(static pair => pair),
            ]
            : forms;
        return [.. all.Where(arrangement => arrangement != First(facts)).Distinct()];
    }

    private static Arrangement[] Pair(Arrangement one, Arrangement other) => [one, other];

    private static IEnumerable<Arrangement> Forms(TuneFacts facts)
    {
        Arrangement[] throughput =
        [
            new(Throughput),
            .. facts.HasStreams
                ? new[] { facts.Cpus, facts.Cpus / 2, facts.Cpus / 4, 2 }.Where(streams => streams > 1 && streams <= facts.Cpus)
                    .Distinct().Select(static streams => new Arrangement(Throughput, streams))
                : [],
        ];
        return facts.MostCallers == 1 ? [new(Latency), .. throughput] : [throughput[0], new(Latency), .. throughput[1..]];
    }

    private static IEnumerable<Arrangement> WithRequests(Arrangement form, TuneFacts facts)
    {
        if (facts.IsNireqGiven || facts.MostCallers == 1)
        {
            return [form];
        }

        int streams = form.Hint == Latency ? 1 : form.Streams ?? facts.Cpus;
        int?[] requests = facts.HasOnlyCpu ? [streams * RequestsPerStream, null, facts.MostCallers] : [null, facts.MostCallers];

        // For one call at a time the server has a spare infer request by itself.
        return requests.Where(count => form.Hint != Latency || count != RequestsPerStream).Distinct()
            .Select(count => form with { Nireq = count });
    }
}
