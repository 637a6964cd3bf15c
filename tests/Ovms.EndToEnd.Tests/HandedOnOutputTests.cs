using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>A dynamic model that hands its input on, beside one that computes: nobody gets another caller's bytes.</summary>
public sealed class HandedOnOutputTests
{
    private const int Callers = 8;
    private const int CallsEach = 1500;

    [Test]
    [Arguments("1")]
    [Arguments("4")]
    public async Task EightCallers_GetTheirOwnBytesBack(string nireq)
    {
        using ConfigFolder folder = new(
            $$$"""
            {"model_config_list": [
                {"config": {"name": "handed", "base_path": "handed", "nireq": {{{nireq}}}}},
                {"config": {"name": "dynamic", "base_path": "${MODELS}/dynamic", "nireq": {{{nireq}}}}}]}
            """);
        TinyIr ir = new();
        ir.Result(ir.Convert(ir.Parameter("x", "?,1..512")), "y");
        ir.WriteTo(Path.Combine(folder.Path, "handed", "1"));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        int wrong = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            (string model, float factor) = caller % 4 == 3 ? ("dynamic", 2f) : ("handed", 1f);
            for (int call = 0; call < CallsEach; call++)
            {
                float[] values = new float[random.Next(1, 200)];
                Array.Fill(values, (caller * 10_000) + call);
                ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For(model).WithRaw("x", "FP32", [1, values.Length], values));
                if (!answer.Values<float>("y").SequenceEqual(values.Select(value => factor * value)))
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        })));
        await Assert.That(wrong).IsEqualTo(0);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }
}
