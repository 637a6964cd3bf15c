using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>The streams of a graph by name, or its side packets: each has one producer, and each that is read has one.</summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, int> _places = [];
    private readonly List<string> _names = [];
    private readonly List<int> _producers = [];

    private NameTable()
    {
    }

    /// <summary>Number of names.</summary>
    public int Count => _names.Count;

    /// <summary>The name at a place.</summary>
    public string NameOf(int place) => _names[place];

    /// <summary>The place of a name: the graph's own in their order, then those of the nodes.</summary>
    public int PlaceOf(string name) => _places[name];

    /// <summary>The node that makes it; −1 for the caller of the graph.</summary>
    public int ProducerOf(string name) => _producers[_places[name]];

    /// <summary>The streams.</summary>
    public static Outcome<NameTable> OfStreams(List<GraphStream> inputs, NodeDefinition[] nodes) =>
        Of("stream", inputs, nodes, static node => node.Outputs, static node => node.Inputs);

    /// <summary>The side packets.</summary>
    public static Outcome<NameTable> OfSides(List<GraphStream> inputs, NodeDefinition[] nodes) =>
        Of("side packet", inputs, nodes, static node => node.OutputSides, static node => node.InputSides);

    private static Outcome<NameTable> Of(
        string what,
        List<GraphStream> inputs,
        NodeDefinition[] nodes,
        Func<NodeDefinition, IReadOnlyList<string>> made,
        Func<NodeDefinition, IReadOnlyList<string>> read)
    {
        NameTable table = new();
        foreach (GraphStream input in inputs)
        {
            if (!table.TryAdd(input.Name, -1))
            {
                return Fail($"{what} \"{input.Name}\" is an input of the graph twice");
            }
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            foreach (string name in made(nodes[i]))
            {
                if (!table.TryAdd(name, i))
                {
                    int other = table.ProducerOf(name);
                    string first = other < 0 ? "the graph's input" : $"node \"{nodes[other].Name}\"";
                    return Fail($"{what} \"{name}\" is made by {first} and by node \"{nodes[i].Name}\"; it needs one producer");
                }
            }
        }

        foreach (NodeDefinition node in nodes)
        {
            foreach (string name in read(node))
            {
                if (!table._places.ContainsKey(name))
                {
                    string reader = $"node \"{node.Name}\" ({node.Calculator})";
                    return Fail($"{reader} reads the {what} \"{name}\", which neither a node nor an input of the graph makes");
                }
            }
        }

        return table;
    }

    private static Outcome Fail(string detail) => Outcome.Fail(StatusCode.GraphInitializationError, detail);

    private bool TryAdd(string name, int producer)
    {
        if (!_places.TryAdd(name, _names.Count))
        {
            return false;
        }

        _names.Add(name);
        _producers.Add(producer);
        return true;
    }
}
