using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>Builds and runs small graphs. Streams are written <c>TAG:name</c> or <c>name</c>; packets hold ints.</summary>
internal sealed class TestGraph : IGraphObserver
{
    private readonly GraphPlanBuilder _builder;
    private readonly List<string> _inputs = [];
    private readonly List<string> _outputs = [];
    private readonly Lock _lock = new();
    private readonly List<string> _seen = [];
    private GraphPlan? _plan;

    public TestGraph(int maxQueueSize = 100, bool reportDeadlock = false) =>
        _builder = new GraphPlanBuilder { MaxQueueSize = maxQueueSize, ReportDeadlock = reportDeadlock };

    /// <summary>What comes at the outputs, as <c>name@time=value</c>, in the order of arrival.</summary>
    public string Seen
    {
        get
        {
            lock (_lock)
            {
                return string.Join(' ', _seen);
            }
        }
    }

    /// <summary>Delays the observer; by default it takes each packet at once.</summary>
    public Func<string, ValueTask> Observe { get; set; } = static _ => default;

    public GraphInstance? Instance { get; private set; }

    public TestGraph In(params string[] names)
    {
        foreach (string name in names)
        {
            _inputs.Add(name);
            _builder.AddInput(name, PacketKind.Any);
        }

        return this;
    }

    public TestGraph InSide(string name, PacketKind kind = default)
    {
        _builder.AddInputSide(name, kind);
        return this;
    }

    public TestGraph Out(params string[] names)
    {
        foreach (string name in names)
        {
            _outputs.Add(name);
            _builder.AddOutput(name, PacketKind.Any);
        }

        return this;
    }

    public TestGraph Node(
        string name,
        string inputs,
        string outputs,
        Func<NodePorts, BoundCalculator> bind,
        InputPolicy? policy = null,
        string backEdges = "",
        int maxInFlight = 1,
        int layer = 0,
        string sidesIn = "",
        string sidesOut = "")
    {
        (PortName[] inPorts, string[] inNames) = Parse(inputs);
        (PortName[] outPorts, string[] outNames) = Parse(outputs);
        (PortName[] sideInPorts, string[] sideInNames) = Parse(sidesIn);
        (PortName[] sideOutPorts, string[] sideOutNames) = Parse(sidesOut);
        NodePorts ports = new(inPorts, outPorts, sideInPorts, sideOutPorts);
        _builder.AddNode(new NodeDefinition(name, "TestCalculator", bind(ports))
        {
            Inputs = inNames,
            Outputs = outNames,
            InputSides = sideInNames,
            OutputSides = sideOutNames,
            Policy = policy,
            BackEdges = [.. inPorts.Where((_, i) => backEdges.Split(' ').Contains(inNames[i]))],
            MaxInFlight = maxInFlight,
            SourceLayer = layer,
        });
        return this;
    }

    /// <summary>A node of functions.</summary>
    public TestGraph Node(
        string name,
        string inputs,
        string outputs,
        Func<CalculatorContext, Outcome> process,
        InputPolicy? policy = null,
        string backEdges = "",
        int maxInFlight = 1,
        int layer = 0,
        long? offset = 0,
        bool bounds = false) => Node(
            name,
            inputs,
            outputs,
            ports => new BoundCalculator(
                new CalculatorContract(ports) { TimestampOffset = offset, ProcessesBounds = bounds },
                () => new TestCalculator { Process = context => new(process(context)) }),
            policy,
            backEdges,
            maxInFlight,
            layer);

    public Outcome<GraphPlan> Build() => _builder.Build();

    public async Task<Outcome> StartAsync(CancellationToken cancellation = default, params object?[] sides)
    {
        if (_plan is null)
        {
            Outcome<GraphPlan> plan = Build();
            if (!plan.IsOk)
            {
                throw new InvalidOperationException(plan.Text);
            }

            _plan = plan.Value;
        }

        lock (_lock)
        {
            _seen.Clear();
        }

        Instance = _plan.Rent();
        return await Instance.StartAsync(new GraphStart(this, cancellation) { Sides = sides });
    }

    public ValueTask<Outcome> AddAsync(string input, long time, object? value = null) =>
        Instance!.AddAsync(_inputs.IndexOf(input), new Packet(value ?? (int)time, new Timestamp(time)));

    public void Close(string input) => Instance!.CloseInput(_inputs.IndexOf(input));

    /// <summary>Starts, adds packets written <c>input@time</c> or <c>input@time=int</c>, closes the inputs, and waits.</summary>
    public async Task<Outcome> RunAsync(string packets, params object?[] sides)
    {
        await StartAsync(default, sides);
        foreach (string packet in packets.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = packet.Split('@', '=');
            await AddAsync(parts[0], long.Parse(parts[1]), parts.Length > 2 ? int.Parse(parts[2]) : null);
        }

        return await EndAsync();
    }

    public async Task<Outcome> EndAsync()
    {
        Instance!.CloseInputs();
        Outcome outcome = await Instance.WaitDoneAsync();
        Instance.Dispose();
        return outcome;
    }

    public async ValueTask OnPacketAsync(int output, Packet packet)
    {
        string shown = $"{_outputs[output]}@{packet.Time}={packet.Value}";
        lock (_lock)
        {
            _seen.Add(shown);
        }

        packet.Release();
        await Observe(shown);
    }

    private static (PortName[] Ports, string[] Names) Parse(string streams)
    {
        List<PortName> ports = [];
        List<string> names = [];
        foreach (string stream in streams.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = stream.Split(':');
            string tag = parts.Length > 1 ? parts[0] : "";
            ports.Add(new PortName(tag, ports.Count(port => port.Tag == tag)));
            names.Add(parts[^1]);
        }

        return ([.. ports], [.. names]);
    }
}
