using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Definitions;

/// <summary>Parses a node's names and types its options.</summary>
/// <param name="calculators">The calculators that graphs may name.</param>
/// <param name="texts">Receives faults of the text: fields and values of options.</param>
/// <param name="faults">Receives all other faults.</param>
internal sealed class NodeReader(IReadOnlyDictionary<string, CalculatorRow> calculators, GraphFaults texts, GraphFaults faults)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    // The next number of nameless nodes, by calculator.
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Reads a node.</summary>
    /// <returns>The node; parts with a fault are empty.</returns>
    public GraphNode Read(NodeConfig config)
    {
        string name = NameOf(config);
        object? options = null;
        if (!calculators.TryGetValue(PlainName(config.Calculator), out CalculatorRow? row))
        {
            faults.Add(config.Place, CalculatorNames.NotSupported(name, config.Calculator, calculators.Keys));
        }
        else
        {
            options = OptionsOf(name, config, row);
        }

        if (!config.OptionValue.IsEmpty)
        {
            faults.Add(
                config.Place,
                $"node {name} takes options from side packets (option_value), which is not served; write them in node_options");
        }

        string handler = config.OutputStreamHandler?.OutputStreamHandler ?? OutputHandlerConfig.Default;
        if (handler != OutputHandlerConfig.Default)
        {
            faults.Add(
                config.OutputStreamHandler!.Place,
                $"output stream handler \"{handler}\" does not exist; expected {OutputHandlerConfig.Default}");
        }

        if (config.MaxInFlight < 0)
        {
            faults.Add(config.Place, $"max_in_flight of node {name} is a number from 0; got {config.MaxInFlight}");
        }

        ImmutableArray<StreamName> inputs = Parse(config, name, "input_stream", config.InputStream);
        return new GraphNode(name, config, options)
        {
            Calculator = row ?? CalculatorRow.Plain(config.Calculator),
            Inputs = inputs,
            Outputs = Parse(config, name, "output_stream", config.OutputStream),
            InputSides = SidesOf(config, name, row?.ServerSide),
            OutputSides = Parse(config, name, "output_side_packet", config.OutputSidePacket),
            BackEdges = BackEdgesOf(config, name, inputs),
        };
    }

    // What the server makes is no side packet of the graph.
    private ImmutableArray<StreamName> SidesOf(NodeConfig config, string name, string? ofServer)
    {
        ImmutableArray<StreamName> sides = Parse(config, name, "input_side_packet", [.. config.InputSidePacket, .. config.ExternalInput]);
        if (ofServer is not null && !sides.Any(side => side.Tag == ofServer))
        {
            faults.Add(config.Place, $"node {name} needs input_side_packet: \"{ofServer}:py\"");
        }

        return sides.RemoveAll(side => side.Tag == ofServer);
    }

    // A name space before the name says nothing here.
    private static string PlainName(string calculator) => calculator[(calculator.LastIndexOf(':') + 1)..];

    private string NameOf(NodeConfig config)
    {
        string name = config.Name;
        if (name.Length > 0)
        {
            if (!_names.Add(name))
            {
                faults.Add(config.Place, $"the name {name} is that of another node; give each its own, or none");
            }

            return name;
        }

        string plain = PlainName(config.Calculator);
        name = plain.Length == 0 ? "node" : plain;
        int number = _numbers.GetValueOrDefault(plain, 2);
        for (; !_names.Add(name); number++)
        {
            name = $"{plain}_{number}";
        }

        _numbers[plain] = number;
        return name;
    }

    // What stands in options counts where both forms are given, as in the original.
    private object? OptionsOf(string name, NodeConfig config, CalculatorRow row)
    {
        object? read = null;
        foreach (ProtoField field in config.NodeOptions.Concat(config.Options).SelectMany(static holder => holder.Fields))
        {
            string type = field.Name.EndsWith(".ext", StringComparison.Ordinal) ? field.Name[..^4] : field.Name;
            if (type != row.OptionsName)
            {
                texts.Add(
                    field.Place,
                    $"node {name} has options of type {type}; "
                    + (row.OptionsName is null ? $"{row.Name} has none" : $"{row.Name} takes {row.OptionsName}"));
            }
            else if (texts.Message(field) is { } message)
            {
                read = row.ReadOptions!(message, field.Place, texts);
            }
        }

        return read;
    }

    private ImmutableArray<StreamName> Parse(NodeConfig config, string node, string field, ImmutableArray<string> texts)
    {
        if (StreamName.Parse(texts, out ImmutableArray<StreamName> names) is { } fault)
        {
            faults.Add(config.Place, $"{field} of node {node}: {fault}");
        }

        return names;
    }

    private ImmutableArray<StreamName> BackEdgesOf(NodeConfig config, string node, ImmutableArray<StreamName> inputs)
    {
        ImmutableArray<StreamName>.Builder edges = ImmutableArray.CreateBuilder<StreamName>();
        foreach (InputInfoConfig info in config.InputStreamInfo.Where(static info => info.BackEdge))
        {
            string port = info.TagIndex.Length == 0 ? ":0" : info.TagIndex;
            int before = edges.Count;
            edges.AddRange(inputs.Where(input => input.Port == port || $"{input.Tag}:{input.Index}" == port));
            if (edges.Count == before)
            {
                faults.Add(info.Place, $"tag_index \"{info.TagIndex}\" names no input of node {node}");
            }
        }

        return edges.ToImmutable();
    }
}
