using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Dynamic models after a call that ended half way: the engine keeps what it began, and the next callers must not get it.
/// </summary>
public sealed class DynamicShapeTests
{
    [Test]
    [Arguments("1")]
    [Arguments("3")]
    public async Task ShapesThatDoNotGoTogether_CostNobodyElse(string requests)
    {
        using BranchedModel model = new();
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "m", "--nireq", requests);
        byte[] expected = (await server.Client.ModelInferAsync(Request(2, 2))).Bytes("y");
        for (int round = 0; round < 5; round++)
        {
            foreach ((long a, long b) in new[] { (2L, 3L), (4L, 2L), (7L, 5L) })
            {
                RpcException refused = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Request(a, b)));
                await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
                await Assert.That(refused.Status.Detail).Contains($"a ({a},4)").And.Contains($"b ({b},4)");

                // Twice: the second one finds what the first one left.
                await Assert.That((await server.Client.ModelInferAsync(Request(2, 2))).Bytes("y").SequenceEqual(expected)).IsTrue();
                await Assert.That((await server.Client.ModelInferAsync(Request(2, 2))).Bytes("y").SequenceEqual(expected)).IsTrue();
            }
        }

        await Assert.That((await server.Client.ModelInferAsync(Request(6, 6))).Outputs[0].Shape[0]).IsEqualTo(6);
        await Assert.That((await server.Client.ModelInferAsync(Request(0, 0))).Outputs[0].Shape[0]).IsEqualTo(0);
        await Assert.That((await server.Client.ModelInferAsync(Request(2, 2))).Bytes("y").SequenceEqual(expected)).IsTrue();
    }

    [Test]
    [Arguments("1")]
    [Arguments("2")]
    public async Task ManyCallersSomeOfThemWrong_GetTheirOwnAnswers(string streams)
    {
        using BranchedModel model = new();
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "m", "--nireq", "2", "--plugin_config", $$"""{"NUM_STREAMS": "{{streams}}"}""");
        await Task.WhenAll(Enumerable.Range(1, 6).Select(caller => Task.Run(async () =>
        {
            for (int call = 0; call < 100; call++)
            {
                if (call % 5 == caller % 5)
                {
                    RpcException refused = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Request(caller + 1, caller + 2)));
                    await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
                }
                else
                {
                    ModelInferResponse answer = await server.Client.ModelInferAsync(Request(caller, caller));
                    await Assert.That(answer.Outputs[0].Shape[0]).IsEqualTo(caller);
                    await Assert.That(answer.Values<float>("y").All(static value => Math.Abs(value - 0.5f) < 0.01f)).IsTrue();
                }
            }
        })));
    }

    [Test]
    public async Task CallsThatMissTheirDeadline_CostNobodyElse()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "m", "--shape", "(1:8,3,224,224)");
        ModelMetadataResponse model = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "m" });
        ModelMetadataResponse.Types.TensorMetadata input = model.Inputs[0];
        int size = 3 * 224 * 224 * (input.Datatype == "FP16" ? sizeof(ushort) : sizeof(float));
        ModelInferRequest one = Requests.For("m").WithBytes(input.Name, input.Datatype, [1, 3, 224, 224], new byte[size]);
        ModelInferRequest eight = Requests.For("m").WithBytes(input.Name, input.Datatype, [8, 3, 224, 224], new byte[8 * size]);
        byte[] expected = (await server.Client.ModelInferAsync(one)).RawOutputContents[0].ToByteArray();
        Random random = new(23);
        for (int round = 0; round < 40; round++)
        {
            try
            {
                await server.Client.ModelInferAsync(eight, deadline: DateTime.UtcNow.AddMilliseconds(random.Next(2, 60)));
            }
            catch (RpcException late) when (late.StatusCode == StatusCode.DeadlineExceeded)
            {
            }

            ModelInferResponse answer = await server.Client.ModelInferAsync(one);
            await Assert.That(answer.RawOutputContents[0].ToByteArray().SequenceEqual(expected)).IsTrue().Because($"round {round}");
        }
    }

    private static ModelInferRequest Request(long a, long b) => Requests.For("m")
        .WithBytes("a", "FP32", [a, 4], new byte[16 * a])
        .WithBytes("b", "FP32", [b, 4], new byte[16 * b]);
}
