using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.Execution;

/// <summary>How far a node is in one call. Only <see cref="PipelineRun"/> uses it, within its lock.</summary>
internal sealed class NodeSessions
{
    private readonly Dictionary<(int Source, int Session), int> _arrived = [];

    /// <summary>Number of sessions; -1 while it depends on a demultiplexer that has not run.</summary>
    public int Sessions { get; private set; } = -1;

    /// <summary>Sessions that are computed.</summary>
    public int Done { get; set; }

    /// <summary>Loops that compute its sessions.</summary>
    public int Workers { get; set; }

    /// <summary>Sessions that a library computes now.</summary>
    public int InLibrary { get; set; }

    /// <summary>Nodes that have not taken all its outputs yet.</summary>
    public int ConsumersLeft { get; set; }

    /// <summary>Number of parts that its outputs have; 0 before it has run.</summary>
    public int Parts { get; set; }

    /// <summary>The outputs of each session; null before it is computed and after they are freed.</summary>
    public NodeTensor[]?[] Outputs { get; private set; } = [];

    /// <summary>Sessions that have all their inputs, in order.</summary>
    public Queue<int> Ready { get; } = new();

    private int[] Missing { get; set; } = [];

    /// <summary>Sets the number of sessions.</summary>
    /// <param name="sessions">The number.</param>
    /// <param name="sources">Number of nodes that it takes inputs from.</param>
    public void Begin(int sessions, int sources)
    {
        Sessions = sessions;
        Outputs = new NodeTensor[]?[sessions];
        Missing = new int[sessions];
        Array.Fill(Missing, sources);
    }

    /// <summary>A session has got what it takes from one node.</summary>
    /// <returns>Whether it can be computed now; it is then in <see cref="Ready"/>.</returns>
    public bool Feed(int session)
    {
        bool isReady = --Missing[session] == 0;
        if (isReady)
        {
            Ready.Enqueue(session);
        }

        return isReady;
    }

    /// <summary>A session that gathers has got one more part from a node.</summary>
    /// <param name="source">The node.</param>
    /// <param name="session">The session.</param>
    /// <param name="parts">The number of parts that it needs from the node.</param>
    /// <returns>As of <see cref="Feed"/>.</returns>
    public bool FeedPart(int source, int session, int parts)
    {
        int arrived = _arrived.GetValueOrDefault((source, session)) + 1;
        _arrived[(source, session)] = arrived;
        return arrived == parts && Feed(session);
    }
}
