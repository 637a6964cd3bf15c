using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>How the packets of a node's inputs are combined to the inputs of one run: the stream handlers of a graph.</summary>
internal sealed record InputPolicy
{
    private InputPolicy(InputPolicyKind kind) => Kind = kind;

    /// <summary>All streams together, in the order of time, each time as soon as it is settled on all.</summary>
    public static InputPolicy Default { get; } = new(InputPolicyKind.Default);

    /// <summary>Each packet alone, as soon as it is there; the earliest first.</summary>
    public static InputPolicy Immediate { get; } = new(InputPolicyKind.Immediate);

    /// <summary>As soon as each stream has a packet, whatever their times are; the run's time is the smallest of them.</summary>
    public static InputPolicy Barrier { get; } = new(InputPolicyKind.Barrier);

    /// <summary>The last input selects by an int which other one is read at the same time.</summary>
    public static InputPolicy Mux { get; } = new(InputPolicyKind.Mux);

    /// <summary>Which of the rules.</summary>
    public InputPolicyKind Kind { get; }

    /// <summary>The groups of <see cref="SyncSet"/>, by position of the input; unlisted inputs form one more group.</summary>
    public IReadOnlyList<IReadOnlyList<PortName>> Groups { get; private init; } = [];

    /// <summary>Of <see cref="FixedSize"/>: packets waiting on a stream at which older ones are dropped.</summary>
    public int TriggerQueueSize { get; private init; }

    /// <summary>Of <see cref="FixedSize"/>: the newest packets that are kept.</summary>
    public int TargetQueueSize { get; private init; }

    /// <summary>Of <see cref="FixedSize"/>: whether packets are dropped only when all streams have reached the trigger.</summary>
    public bool FixedMinSize { get; private init; }

    /// <summary>Groups of inputs: the default rule within each, no waiting between them.</summary>
    public static InputPolicy SyncSet(IReadOnlyList<IReadOnlyList<PortName>> groups) => new(InputPolicyKind.SyncSet) { Groups = groups };

    /// <summary>The default rule, but only the newest packets are kept while the node is busy.</summary>
    /// <param name="trigger">1 and up, more than <paramref name="target"/>; the original's default is 2.</param>
    /// <param name="target">1 and up; the original's default is 1.</param>
    /// <param name="fixedMin">Whether packets are dropped only when all streams have <paramref name="trigger"/>.</param>
    public static InputPolicy FixedSize(int trigger = 2, int target = 1, bool fixedMin = false) =>
        new(InputPolicyKind.FixedSize) { TriggerQueueSize = trigger, TargetQueueSize = target, FixedMinSize = fixedMin };

    /// <summary>The rule that a graph names, such as <c>ImmediateInputStreamHandler</c>, with its default options.</summary>
    /// <param name="handler">The name as it stands in the graph.</param>
    public static Outcome<InputPolicy> Named(string handler) => handler switch
    {
        "DefaultInputStreamHandler" => Default,
        "ImmediateInputStreamHandler" => Immediate,
        "BarrierInputStreamHandler" => Barrier,
        "MuxInputStreamHandler" => Mux,
        "SyncSetInputStreamHandler" => SyncSet([]),
        "FixedSizeInputStreamHandler" => FixedSize(),
        "EarlyCloseInputStreamHandler" or "TimestampAlignInputStreamHandler" => Outcome.Fail(
            StatusCode.GraphInitializationError, $"input stream handler \"{handler}\" is not supported by this server"),
        _ => Outcome.Fail(StatusCode.GraphInitializationError, $"input stream handler \"{Shown.Bounded(handler)}\" does not exist"),
    };
}
