using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Clients whose types were generated from the models' own files.</summary>
public sealed class TypedClientTests
{
    [Test]
    public async Task Dummy_AddsOne()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        float[] floats = [.. Enumerable.Range(0, 10).Select(static i => i / 2f)];

        Dummy.Outputs result = await Dummy.InferAsync(server.Channel, new Dummy.Inputs { B = floats });

        await Assert.That(result.A).IsEquivalentTo(floats.Select(static value => value + 1));
        RpcException refused = (await Assert.That(async () => { await Dummy.InferAsync(server.Channel, new Dummy.Inputs { B = floats }, modelName: "other"); }).Throws<RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.NotFound);
    }

    [Test]
    public async Task EveryType_ComesBackAsSent()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("all_types"), "all_types");
        AllTypes.Inputs inputs = new()
        {
            InBoolean = new[] { true, false, true, true },
            InI8 = new sbyte[] { sbyte.MinValue, -1, 0, sbyte.MaxValue },
            InU8 = new byte[] { 0, 1, 2, byte.MaxValue },
            InI16 = new short[] { short.MinValue, -1, 0, short.MaxValue },
            InU16 = new ushort[] { 0, 1, 2, ushort.MaxValue },
            InI32 = new[] { int.MinValue, -1, 0, int.MaxValue },
            InU32 = new uint[] { 0, 1, 2, uint.MaxValue },

            // The CPU plugin computes 64-bit types in 32 bits.
            InI64 = new[] { int.MinValue, -1, 1L << 30, int.MaxValue },
            InU64 = new ulong[] { 0, 1, 1UL << 30, int.MaxValue },
            InF16 = new[] { Half.MinValue, (Half)0.5f, Half.One, Half.MaxValue },
            InBf16 = new ushort[] { 0x3F80, 0, 0xBF80, 0x7F7F },
            InF32 = new[] { float.MinValue, 0.5f, 1, float.MaxValue },
            InF64 = new[] { -1.5, 0.25, 1048576, -3 },
        };

        AllTypes.Outputs outputs = await AllTypes.InferAsync(server.Channel, inputs);

        await Assert.That(outputs.OutBoolean.SequenceEqual(inputs.InBoolean.ToArray())).IsTrue();
        await Assert.That(outputs.OutI8.SequenceEqual(inputs.InI8.ToArray())).IsTrue();
        await Assert.That(outputs.OutU8.SequenceEqual(inputs.InU8.ToArray())).IsTrue();
        await Assert.That(outputs.OutI16.SequenceEqual(inputs.InI16.ToArray())).IsTrue();
        await Assert.That(outputs.OutU16.SequenceEqual(inputs.InU16.ToArray())).IsTrue();
        await Assert.That(outputs.OutI32.SequenceEqual(inputs.InI32.ToArray())).IsTrue();
        await Assert.That(outputs.OutU32.SequenceEqual(inputs.InU32.ToArray())).IsTrue();
        await Assert.That(outputs.OutI64.SequenceEqual(inputs.InI64.ToArray())).IsTrue();
        await Assert.That(outputs.OutU64.SequenceEqual(inputs.InU64.ToArray())).IsTrue();
        await Assert.That(outputs.OutF16.SequenceEqual(inputs.InF16.ToArray())).IsTrue();
        await Assert.That(outputs.OutBf16.SequenceEqual(inputs.InBf16.ToArray())).IsTrue();
        await Assert.That(outputs.OutF32.SequenceEqual(inputs.InF32.ToArray())).IsTrue();
        await Assert.That(outputs.OutF64.SequenceEqual(inputs.InF64.ToArray())).IsTrue();
        await Assert.That(outputs.OutI64Shape).IsEquivalentTo(new long[] { 1, 4 });
    }

    [Test]
    public async Task Strings_ComeBackAsSent()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("passthrough_string"), "passthrough_string");
        string[] texts = ["", "a\0b", "żółw 🐢", new string('x', 1000)];
        PassthroughString.Outputs outputs = await PassthroughString.InferAsync(server.Channel, new PassthroughString.Inputs { MyName = texts });
        await Assert.That(outputs.MyName.SequenceEqual(texts)).IsTrue();
        outputs = await PassthroughString.InferAsync(server.Channel, new PassthroughString.Inputs { MyName = [] });
        await Assert.That(outputs.MyName).IsEmpty();
        await Assert.That(outputs.MyNameShape).IsEquivalentTo(new long[] { 0 });
    }
}
