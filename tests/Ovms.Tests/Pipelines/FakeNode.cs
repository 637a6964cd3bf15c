using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Tests.Pipelines;

/// <summary>A custom node that a test computes. Counts the tensors that it gave and that are not freed.</summary>
internal sealed class FakeNode(NodeSignatureText signature, Func<NodeTensor[], (long[] Shape, float[] Values)> compute) : NodeInstance(new FakeLibrary())
{
    private static int s_live;

    /// <summary>Tensors that are not freed.</summary>
    public static int Live => Volatile.Read(ref s_live);

    /// <summary>The most calls that ran at a time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>The type that the node says of what it gives.</summary>
    public ElementType GivenType { get; set; } = ElementType.F32;

    /// <summary>Makes the values of an output, by its name, of those that the node computed; null for the same values in all outputs.</summary>
    public Func<string, float[], float[]>? PerOutput { get; set; }

    /// <summary>Whether nobody holds it any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Called when memory of an output is freed.</summary>
    public Action? Freeing { get; set; }

    private int _running;

    public override Outcome<ImmutableArray<NodePort>> GetInputs() => signature.Inputs;

    public override Outcome<ImmutableArray<NodePort>> GetOutputs() => signature.Outputs;

    public override Outcome<NodeTensor[]> Execute(IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
        try
        {
            (long[] shape, float[] values) = compute([.. inputs.Select(static input => input.Tensor)]);
            return wanted.Select(name => Make(shape, PerOutput?.Invoke(name, values) ?? values, Freeing) with { Type = GivenType }).ToArray();
        }
        catch (OvmsException failure)
        {
            return failure.Outcome;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    protected override void End() => HasEnded = true;

    private static NodeTensor Make(long[] shape, float[] values, Action? freeing)
    {
        NodeTensor tensor = NodeTensor.Allocate(ElementType.F32, shape);
        values.CopyTo(tensor.Fill<float>());
        TensorMemory inner = tensor.Memory!;
        Interlocked.Increment(ref s_live);
        return tensor with
        {
            Memory = new TensorMemory(() =>
            {
                freeing?.Invoke();
                Interlocked.Decrement(ref s_live);
                inner.Release();
            }),
        };
    }

    private sealed class FakeLibrary() : NodeLibrary("fake")
    {
        public override Outcome<NodeInstance> Open(IReadOnlyList<KeyValuePair<string, string>> parameters) => throw new NotSupportedException();
    }
}

/// <summary>Inputs and outputs of a fake node: names, each of any shape of a rank.</summary>
internal sealed record NodeSignatureText(ImmutableArray<NodePort> Inputs, ImmutableArray<NodePort> Outputs)
{
    /// <summary>Reads <c>in:2 other:3 > out:3</c>.</summary>
    public static NodeSignatureText Of(string text)
    {
        string[] halves = text.Split('>');
        return new NodeSignatureText(Ports(halves[0]), Ports(halves[1]));
    }

    private static ImmutableArray<NodePort> Ports(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static port => new NodePort(
            port.Split(':')[0], ElementType.F32, new PartialShape([.. Enumerable.Repeat(Dimension.Dynamic, int.Parse(port.Split(':')[1]))]))),
    ];
}
