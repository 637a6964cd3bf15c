using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using static Ovms.EndToEnd.Tests.Harness.FloatCalls;

namespace Ovms.EndToEnd.Tests;

/// <summary>Models of every format on a GPU beside the same on the CPU, and shapes that calls bring.</summary>
[ClassDataSource<GpuServer>(Shared = SharedType.PerTestSession)]
[NotInParallel(GpuServer.Alone)]
internal sealed class GpuModelTests(GpuServer fixture)
{
    private const string Compiled = "compiled for other shapes: ";

    [Test]
    [MethodDataSource(nameof(Models))]
    public async Task Model_AnswersAsOnTheCpu(string model)
    {
        (OvmsServer server, Gpu gpu) = await fixture.StartedAsync();
        ulong before = gpu.Starts(1);
        foreach (long rows in new[] { 1L, 3, 8 })
        {
            ModelInferResponse onCpu = await CallAsync(server, $"{model}-cpu", rows);
            ModelInferResponse onGpu = await CallAsync(server, $"{model}-gpu", rows);
            await Assert.That(Text(onGpu)).IsEqualTo(Text(onCpu));
        }

        await Assert.That(gpu.Starts(1)).IsGreaterThan(before);
    }

    [Test]
    [MatrixDataSource]
    public async Task OpenShapes_FollowTheCall([Matrix] CallWay way)
    {
        (OvmsServer server, _) = await fixture.StartedAsync();
        foreach ((long rows, long columns) in new[] { (1L, 1L), (3, 7), (2, 512), (3, 7), (1, 1) })
        {
            (long[]? shape, float[] values) = await server.CallAsync(way, "dynamic-gpu", ("x", [rows, columns], Count(rows * columns)));
            await Assert.That(values.SequenceEqual(Count(rows * columns).Select(static value => 2 * value))).IsTrue();
            await Assert.That(string.Join(',', shape ?? [rows, columns])).IsEqualTo($"{rows},{columns}");
        }
    }

    [Test]
    [MatrixDataSource]
    public async Task AutoBatchAndAutoShape_FollowTheCall([Matrix] CallWay way)
    {
        (OvmsServer server, Gpu gpu) = await fixture.StartedAsync();
        ulong[] before = [gpu.Starts(0), gpu.Starts(1)];
        foreach (long rows in new[] { 1L, 3, 7, 3 })
        {
            (_, float[] values) = await server.CallAsync(way, "auto-batch", ("b", [rows, 10], Count(rows * 10)));
            await Assert.That(values.SequenceEqual(Count(rows * 10, from: 1))).IsTrue();
            float[] zeros = new float[rows * 4];
            (_, values) = await server.CallAsync(way, "auto-shape", ("b", [rows, 4], Count(rows * 4)), ("c", [rows, 4], zeros));
            await Assert.That(values.SequenceEqual(Count(rows * 4))).IsTrue();
        }

        await Assert.That(gpu.Starts(0)).IsGreaterThan(before[0]);
        await Assert.That(gpu.Starts(1)).IsGreaterThan(before[1]);
        // Two sizes besides the model's own, compiled once for all four APIs.
        await server.Process.WaitForLinesAsync(
            static line => line.Contains("Model auto-batch;", StringComparison.Ordinal) && line.Contains(Compiled, StringComparison.Ordinal),
            2);
        string[] lines = server.Process.Output.Split('\n');
        string[] ofBatch = [.. lines.Where(static line => line.Contains("Model auto-batch;", StringComparison.Ordinal))];
        await Assert.That(ofBatch.Count(static line => line.Contains(Compiled, StringComparison.Ordinal))).IsEqualTo(2);
    }

    /// <summary>The models that are on both devices.</summary>
    public static IEnumerable<string> Models() => GpuServer.OnBoth;

    /// <summary>A call whose inputs are as the model's metadata say, with so many rows where their number is open.</summary>
    private static async Task<ModelInferResponse> CallAsync(OvmsServer server, string model, long rows)
    {
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = model });
        ModelInferRequest request = Requests.For(model);
        foreach (ModelMetadataResponse.Types.TensorMetadata input in metadata.Inputs)
        {
            long[] shape = [.. input.Shape.Select(size => size < 0 ? rows : size)];
            request.WithRaw(input.Name, "FP32", shape, Count(shape.Aggregate(1L, static (product, size) => product * size), 0.25f));
        }

        return await server.Client.ModelInferAsync(request);
    }

    private static string Text(ModelInferResponse answer) => string.Join('\n', answer.Outputs.Select(output =>
    {
        string values = JsonSerializer.Serialize(answer.Values<float>(output.Name));
        return $"{output.Name} {output.Datatype} [{string.Join(',', output.Shape)}] {values}";
    }));
}
