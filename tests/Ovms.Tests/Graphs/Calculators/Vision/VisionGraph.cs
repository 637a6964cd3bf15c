using System.Runtime.InteropServices;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Calculators.Vision;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Tests.Graphs.Scheduling;

namespace Ovms.Tests.Graphs.Calculators.Vision;

/// <summary>Runs one calculator of images once, and keeps copies of what it writes.</summary>
internal static class VisionGraph
{
    /// <summary>An image as tests see it.</summary>
    public sealed record Image(ImageForm Form, byte[] Bytes);

    /// <summary>A tensor as tests see it.</summary>
    public sealed record Numbers(string Datatype, long[] Shape, byte[] Bytes)
    {
        public float[] Floats => MemoryMarshal.Cast<byte, float>(Bytes).ToArray();
    }

    /// <summary>Binds a calculator.</summary>
    public static Outcome<BoundCalculator> Bind(string calculator, string inputs, string outputs, object? options = null, string sidesIn = "", string sidesOut = "") =>
        VisionCalculators.All.Single(type => type.Name == calculator)
            .Bind(new NodePorts(Ports(inputs), Ports(outputs), Ports(sidesIn), Ports(sidesOut)), options);

    /// <summary>Runs a calculator with a packet at each input that has a value.</summary>
    /// <returns>How it ended, and the value at each output; null where there was no packet.</returns>
    public static async Task<(Outcome Outcome, object?[] Values)> RunAsync(
        string calculator, string inputs, string outputs, object? options, object?[] values, string sides = "", params object?[] sideValues)
    {
        string[] names = Names(inputs);
        string[] outs = Names(outputs);
        object?[] seen = new object?[outs.Length];
        TestGraph graph = new TestGraph().In(names).Out("done");
        foreach (string side in Names(sides))
        {
            graph.InSide(side);
        }

        graph.Node(
            "n",
            inputs,
            outputs,
            ports =>
            {
                Outcome<BoundCalculator> bound = VisionCalculators.All.Single(type => type.Name == calculator).Bind(ports, options);
                return bound.IsOk ? bound.Value : throw new InvalidOperationException(bound.Text);
            },
            sidesIn: sides);
        graph.Node("show", string.Join(' ', outs), "done", context =>
        {
            for (int i = 0; i < seen.Length; i++)
            {
                seen[i] = Copy(context.Input(i).Value);
            }

            return Outcome.Ok;
        });
        await graph.StartAsync(default, sideValues);
        for (int i = 0; i < names.Length; i++)
        {
            if (values[i] is { } value)
            {
                await graph.AddAsync(names[i], 1, value);
            }
        }

        return (await graph.EndAsync(), seen);
    }

    /// <summary>An image of bytes.</summary>
    public static ImagePacket ImageOf(int height, int width, int channels, params byte[] samples) => ImageOf("UINT8", height, width, channels, samples);

    /// <summary>An image of any type.</summary>
    public static ImagePacket ImageOf(string datatype, int height, int width, int channels, params byte[] samples) =>
        ImagePacket.Of(InputOf(datatype, [height, width, channels], samples));

    /// <summary>An input of a request.</summary>
    public static InputTensor InputOf(string datatype, long[] shape, byte[] bytes)
    {
        NativeBuffer content = new(Math.Max(bytes.Length, 1));
        bytes.CopyTo(content.Free);
        content.Advance(bytes.Length);
        return new InputTensor { Name = "i", Datatype = datatype, Shape = shape, Content = content, Source = ContentSource.Raw };
    }

    /// <summary>A tensor of floats.</summary>
    public static TensorPacket TensorOf(long[] shape, params float[] values) =>
        new(TensorValue.Of(InputOf("FP32", shape, MemoryMarshal.AsBytes<float>(values).ToArray())), owner: null);

    private static object? Copy(object? value) => value switch
    {
        ImagePacket image => new Image(image.Form, image.Pixels.Bytes.ToArray()),
        ValueVector vector => Enumerable.Range(0, vector.Count).Select(index => Copy(vector[index])).ToArray(),
        TensorPacket { Value: { Copy: { } copy } tensor } => new Numbers(tensor.Info!.Marshaler.Datatype, tensor.Shape, copy.Bytes.ToArray()),
        _ => value,
    };

    private static string[] Names(string streams) =>
        [.. streams.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static stream => stream.Split(':')[^1])];

    private static PortName[] Ports(string streams)
    {
        List<PortName> ports = [];
        foreach (string stream in streams.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string tag = stream.Contains(':', StringComparison.Ordinal) ? stream.Split(':')[0] : "";
            ports.Add(new PortName(tag, ports.Count(port => port.Tag == tag)));
        }

        return [.. ports];
    }
}
